from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_list

from .. import count_logic, entry_payload
from ..count_logic import OPEN_STATES
from ..entry_payload import MAX_INT

MAX_PAGE = 1000
MAX_BATCH = 500
MAX_TEXT = 250


class StockPosCount(models.Model):
    """What a register may call, and nothing else is public. ``docs/register_protocol.md`` is the contract.

    Every method takes the asking register first, and checks in this order: the user counts, the register is of the
    user's
    company and takes stock, the sheet is one that this register lists. Only then it goes on, with ``sudo()`` where a
    plain
    Point of Sale user has no rights of their own (lines, quants, lots).
    """

    _inherit = "stock.pos.count"

    # -- the door --------------------------------------------------------------------------------------------------

    @api.model
    def _enter(self, config_id):
        """Return the register that asks, checked.

        :raise AccessError: not a Point of Sale user, or not a register of the user's companies
        :raise UserError: the register does not take stock
        """
        if not self.env.user.has_group("point_of_sale.group_pos_user"):
            raise AccessError(self.env._("You need to be a Point of Sale user to take stock."))
        config = self.env["pos.config"].browse(config_id if type(config_id) is int else False).exists()
        if not config:
            raise AccessError(self.env._("This register does not exist."))
        config.check_access("read")
        if not config.use_stock_count:
            raise UserError(self.env._("Stocktake is switched off for the register %s.", config.display_name))
        return config.with_company(config.company_id)

    @api.model
    def _enter_sheet(self, config_id, uuid):
        """Return ``(register, sheet)``, checked; the sheet as the user, not as superuser.

        :raise UserError: no such sheet for this register
        """
        config = self._enter(config_id)
        count = self.browse()
        if entry_payload.is_uuid(uuid):
            count = self.search(self._get_register_domain(config) & Domain("uuid", "=", uuid))
        if not count:
            raise UserError(self.env._("This count sheet does not exist for this register. Go back to the list."))
        return config, count.with_company(config.company_id)

    @api.model
    def _read_page(self, offset, limit, most=MAX_PAGE):
        """Return a checked ``(offset, limit)``."""
        if type(offset) is not int or type(limit) is not int or not 0 <= offset <= MAX_INT or not 1 <= limit <= most:
            raise UserError(self.env._("The page asked for does not exist."))
        return offset, limit

    @api.model
    def _read_device(self, device):
        """Return the checked ``{"id", "name"}`` of a device."""
        if isinstance(device, dict) and entry_payload.is_uuid(device.get("id")):
            return {"id": device["id"], "name": self._read_text(device.get("name"), 64) or device["id"][:8]}
        raise UserError(self.env._("The register did not say which device it is. Reload it and try again."))

    @api.model
    def _read_text(self, value, size=MAX_TEXT):
        if not isinstance(value, str):
            return ""
        storable = "".join(letter for letter in value[: 2 * size] if entry_payload.is_storable(letter))
        return storable.strip()[:size]

    @api.model
    def _read_batch(self, raw_entries):
        """Return the entries of one call, each of which may still be anything."""
        if not isinstance(raw_entries, list) or len(raw_entries) > MAX_BATCH:
            raise UserError(self.env._("At most %s entries can be sent at once.", MAX_BATCH))
        return raw_entries

    @api.model
    def _read_ids(self, ids):
        """Return a list of record ids that a client sent, at most :data:`MAX_PAGE` of them unless it is longer on
        purpose."""
        if not isinstance(ids, (list, tuple)) or any(type(one) is not int or one <= 0 for one in ids):
            raise UserError(self.env._("The register sent something that cannot be read. Reload it and try again."))
        return list(ids)

    # -- list and creation -----------------------------------------------------------------------------------------

    @api.model
    def register_list(self, config_id, state="open", offset=0, limit=20):
        """Return a page of the shop's sheets, newest activity first, with the number of sheets in each state."""
        config = self._enter(config_id)
        offset, limit = self._read_page(offset, limit, 100)
        domain = self._get_register_domain(config)
        by_state = dict(self._read_group(domain, ["state"], ["__count"]))
        state_domains = {"open": Domain("state", "in", OPEN_STATES), "all": Domain.TRUE}
        state = self._read_text(state)
        if state not in {*state_domains, *dict(self._fields["state"].selection)}:
            raise UserError(self.env._("There is no such state of a count sheet."))
        domain &= state_domains.get(state, Domain("state", "=", state))
        counts = {key: by_state.get(key, 0) for key, _label in self._fields["state"].selection}
        counts.update(open=sum(counts[key] for key in OPEN_STATES), all=sum(by_state.values()))
        sheets = self.search(domain, offset=offset, limit=limit, order="last_activity_at desc, id desc")
        return {
            "sheets": sheets._get_sheet_data(),
            "total": counts[state],
            "counts": counts,
            "now": self._to_ms(self._get_now()),
        }

    @api.model
    def register_create_info(self, config_id):
        """Return what the dialog of a new sheet needs: the shop, who may be named, categories and vendors."""
        config = self._enter(config_id)
        location = config.sudo()._get_stock_count_location()  # sudo: see _get_register_domain
        return {
            "shop": location.warehouse_id.name or location.display_name,
            "location": location.display_name,
            "notice": self._get_ancestor_notice(config, location),
            "persons": [
                {"model": model, "id": res_id, "name": name}
                for model, res_id, name in config._get_stock_count_persons()
            ],
            "categories": self._get_categories(config.company_id),
            "vendors": self._get_vendors(config.company_id),
        }

    def _get_ancestor_notice(self, config, location):
        """Name the registers that sell from a location above this one: their sales may take goods from here."""
        # sudo: other registers' operation types; only their names are told
        others = (
            self.env["pos.config"].sudo().search([("company_id", "=", config.company_id.id), ("id", "!=", config.id)])
        )
        above = others.filtered(
            lambda other: (
                (source := other.picking_type_id.default_location_src_id)
                and source != location
                and location.parent_path.startswith(source.parent_path)
            )
        )
        if not above:
            return None
        return self.env._(
            "%s also sells from a location that contains this one, so its sales may take goods from here.",
            format_list(self.env, above.mapped("name")),
        )

    def _get_categories(self, company):
        """Name the categories with products that are kept in stock, and the categories above them."""
        # sudo: a branch's user may be unable to read the companies above
        groups = self.env["product.template"]._read_group(
            [("is_storable", "=", True), ("company_id", "in", (False, *company.sudo().parent_ids.ids))], ["categ_id"]
        )
        paths = [category.parent_path for (category,) in groups if category]
        category_ids = {int(category_id) for path in paths for category_id in path.split("/") if category_id}
        categories = self.env["product.category"].search_fetch(
            [("id", "in", list(category_ids))], ["complete_name"], order="complete_name"
        )
        return [{"id": category.id, "name": category.complete_name} for category in categories]

    def _get_vendors(self, company):
        # sudo: POS users may not read vendor prices; only the vendors' names leave this method
        groups = (
            self.env["product.supplierinfo"]
            .sudo()
            ._read_group(
                [("company_id", "in", (False, company.id)), ("product_tmpl_id.is_storable", "=", True)], ["partner_id"]
            )
        )
        return sorted(
            ({"id": partner.id, "name": partner.display_name} for (partner,) in groups), key=lambda one: one["name"]
        )

    @api.model
    def register_scope(self, config_id, scope, category_ids=(), vendor_ids=()):
        """Return how many products a new sheet would cover and which open sheets cover some of them."""
        config = self._enter(config_id)
        location = config.sudo()._get_stock_count_location()  # sudo: see _get_register_domain
        category_ids, vendor_ids = self._read_ids(category_ids), self._read_ids(vendor_ids)
        if scope == "partial" and not category_ids and not vendor_ids:
            return {"products": 0, "overlapping": [], "full_open": None}
        scope_sql = self._get_scope_sql(location, self._read_scope(scope), category_ids, vendor_ids)
        full_open = self._get_open_full_count(location) if scope == "full" else self.browse()
        return {
            "products": self._count_products(scope_sql),
            "overlapping": self._get_overlapping_counts(location, scope_sql)._get_sheet_data(),
            "full_open": full_open._get_sheet_data()[0] if full_open else None,
        }

    @api.model
    def _read_scope(self, scope):
        if scope not in ("full", "partial"):
            raise UserError(self.env._("Choose a full or a partial count."))
        return scope

    @api.model
    def register_create(self, config_id, values, person, start=False):
        """Create a sheet, and start it at once if asked. Sent twice with one uuid it is created once.

        :raise UserError: no product fits, a full count of the shop is open already, or the request is incomplete
        """
        config = self._enter(config_id)
        if not isinstance(values, dict) or not entry_payload.is_uuid(values.get("uuid")):
            raise UserError(self.env._("The register sent something that cannot be read. Reload it and try again."))
        _model, _res_id, person_name = config._get_stock_count_person(person)
        count = self.search([("uuid", "=", values["uuid"])])
        if not count:
            count = self._create_sheet(config, values, person_name)
        if start is True and count.state == count_logic.NEW:
            return self.register_transition(config_id, count.uuid, "start", person)
        return {"sheet": count._get_sheet_data()[0], "notices": []}

    def _create_sheet(self, config, values, person_name):
        location = config.sudo()._get_stock_count_location()  # sudo: see _get_register_domain
        sheet_values = {
            "uuid": values["uuid"],
            "config_id": config.id,
            "company_id": config.company_id.id,
            "location_id": location.id,
            "warehouse_id": location.warehouse_id.id,
            "note": self._read_text(values.get("note")) or False,
            "blind": config.stock_count_blind,
            "recount_by_other": config.stock_count_recount_by_other,
            "correct_policy": config.stock_count_correct,
            **self._read_creator(config, values.get("created_by")),
            **self._read_sheet_scope(config, location, values),
        }
        # sudo: clients may not write a sheet; the values are checked
        planned = self._count_products(self.sudo().new(sheet_values)._get_own_scope_sql())
        if not planned:
            raise UserError(
                self.env._("No product fits, so there is nothing to count. Choose other categories or vendors.")
            )
        # sudo: clients have no right to create sheets but through this method. The step's message says who created it,
        # so Odoo's own "created" is not posted beside it.
        sheets = self.sudo().with_context(mail_create_nolog=True)
        count = sheets.create({**sheet_values, "planned_count": planned}).with_env(self.env)
        count._record_step("create", False, person_name, fields.Datetime.now())
        return count

    def _read_creator(self, config, created_by):
        """Return the values of the person chosen as creator: anybody who may be named on this register."""
        created_by = created_by if isinstance(created_by, dict) else {}
        for model, res_id, name in config._get_stock_count_persons():
            if (model, res_id) == (created_by.get("model"), created_by.get("id")):
                return {"created_by_model": model, "created_by_res_id": res_id, "created_by": name}
        raise UserError(self.env._("Choose who creates the count sheet."))

    def _read_sheet_scope(self, config, location, values):
        for seed in ("uncounted", "late"):
            if values.get(f"from_{seed}"):
                return self._read_seed(config, seed, self._read_text(values[f"from_{seed}"]))
        scope = self._read_scope(values.get("scope"))
        if scope == "full":
            other = self._get_open_full_count(location)
            if other:
                raise UserError(
                    self.env._(
                        "%(name)s is an open full count of this shop. Join it instead of starting a second one.",
                        name=other.name,
                    )
                )
            return {"scope": scope}
        categories = self.env["product.category"].browse(self._read_ids(values.get("category_ids", ()))).exists()
        # sudo: POS users may be unable to read vendors; the ids are only linked
        vendors = self.env["res.partner"].sudo().browse(self._read_ids(values.get("vendor_ids", ()))).exists()
        if not categories and not vendors:
            raise UserError(self.env._("Choose at least one category or vendor for a partial count."))
        return {
            "scope": scope,
            "category_ids": [Command.set(categories.ids)],
            "vendor_ids": [Command.set(vendors.ids)],
        }

    def _read_seed(self, config, seed, uuid):
        """Return the scope values of a sheet that takes its products from another one: what was not counted there, or
        what came too late.

        :raise UserError: that sheet does not exist, or is not far enough
        """
        source = self.search(self._get_register_domain(config) & Domain("uuid", "=", uuid))
        if seed == "uncounted" and source.state not in count_logic.COMPLETED_STATES:
            raise UserError(self.env._("The products not counted can be counted once their sheet is completed."))
        if seed == "late" and source.state not in count_logic.SETTLED_STATES:
            raise UserError(
                self.env._("Late entries start a new count sheet once the result is final. Include them until then.")
            )
        return {"scope": "partial", "source_id": source.id, "seed": seed, "location_id": source.location_id.id}

    # -- transitions -----------------------------------------------------------------------------------------------

    @api.model
    def register_transition(self, config_id, uuid, action, person, options=None):
        """Lead a sheet to another state: ``start pause resume complete recount close void``.

        Locks the sheet and its devices. Of two devices that press the same key one succeeds, the other is told the
        state.

        :raise CountQuestion: a person has to say yes first (``force``)
        :raise UserError: the state does not allow it, or something is left to do first; the text says what
        :raise AccessError: the user may not
        """
        config, count = self._enter_sheet(config_id, uuid)
        model, res_id, person_name = config._get_stock_count_person(person)
        identities = config._get_stock_count_identities(model, res_id)
        options = options if isinstance(options, dict) else {}
        arguments = {
            "start": {},
            "pause": {"identities": identities, "force": options.get("force") is True},
            "resume": {},
            "complete": {"leave_out": options.get("leave_out") is True},
            "recount": {"identities": identities, "force": options.get("force") is True},
            "close": {},
            "void": {"reason": self._read_text(options.get("reason"))},
        }
        if self._read_text(action) not in arguments:
            raise UserError(self.env._("There is no such step of a count sheet."))
        count._lock_for_transition()
        count._check_transition(action)
        getattr(count, f"_do_{action}")(person_name, **arguments[action])
        return {
            "sheet": count._get_sheet_data()[0],
            "notices": count._get_start_notices() if action == "start" else [],
        }

    def _get_start_notices(self):
        """Return the open deliveries into the location: goods that may lie in the shop but not in the books, or the
        reverse."""
        self.ensure_one()
        # sudo: POS users may not read all transfers; only number, partner and kind are told
        pickings = self.env["stock.picking"].sudo()
        open_states = Domain("state", "in", ("confirmed", "waiting", "assigned")) & Domain(
            "company_id", "=", self.company_id.id
        )
        incoming = pickings.search(
            open_states
            & Domain("location_dest_id", "child_of", self.location_id.id)
            & Domain("location_id.usage", "in", ("supplier", "transit", "internal"))
            & ~Domain("location_id", "child_of", self.location_id.id),
            limit=20,
        )
        picked = pickings.search(
            open_states
            & Domain("location_id", "child_of", self.location_id.id)
            & Domain("move_ids.picked", "=", True)
            & ~Domain("location_dest_id", "child_of", self.location_id.id),
            limit=20,
        )
        return [
            *(
                {"kind": "not_received", "text": self.env._("%s is not received yet.", self._name_picking(one))}
                for one in incoming
            ),
            *(
                {
                    "kind": "picked_not_validated",
                    "text": self.env._("%s is picked but not validated.", self._name_picking(one)),
                }
                for one in picked
            ),
        ]

    @staticmethod
    def _name_picking(picking):
        return f"{picking.name} ({picking.partner_id.display_name})" if picking.partner_id else picking.name

    @api.model
    def register_completion(self, config_id, uuid):
        """Return what completing would mean now: what is missing, what forbids it, which devices may hold counts."""
        _config, count = self._enter_sheet(config_id, uuid)
        completion = count._get_completion()
        may_zero = "count_as_zero_all" in count._get_allowed_actions()
        return {
            **completion,
            "late": count._get_late_numbers().get(count.id, 0),
            "devices": count._get_quiet_devices(),
            "to_accept": None if count._hides_book() else count._get_to_accept(),
            "can_complete": not completion["reasons"],
            "count_as_zero_all": may_zero,
            # Only for a manager: the groups tell of movements and negative books.
            "zero": count._get_zero_data() if may_zero else None,
        }

    @api.model
    def register_count_as_zero(self, config_id, uuid, person, typed_number, also=()):
        """Count all lines nobody counted as zero. For managers, who type how many lines these are; never in a recount.

        :param list also: the kinds of lines listed apart (see ``register_completion``) that were ticked
        :raise AccessError: not a manager
        :raise UserError: another number of lines, or not a running first count
        """
        config, count = self._enter_sheet(config_id, uuid)
        person_values = config._get_stock_count_person(person)
        count._lock_for_transition()
        if not count._is_manager():
            raise AccessError(self.env._("Only a manager may count all that is left as zero."))
        if count.state != count_logic.COUNTING:
            raise UserError(self.env._("Only a running count can count what is left as zero, and never a recount."))
        groups = count._get_zero_groups()
        kinds = set(groups) - {"plain"}
        also = [self._read_text(kind) for kind in also] if isinstance(also, (list, tuple)) else [None]
        if not kinds.issuperset(also):
            raise UserError(self.env._("The register sent something that cannot be read. Reload it and try again."))
        line_ids = [line_id for kind in ("plain", *sorted(set(also))) for line_id in groups[kind]]
        if not line_ids or typed_number != len(line_ids):
            raise UserError(
                self.env._("%s products would be counted as zero. Type exactly this number to confirm.", len(line_ids))
            )
        lines = self.env["stock.pos.count.line"].sudo().browse(sorted(line_ids))  # sudo: POS users do not read lines
        count._record_zeros(lines, person_values)
        return {"sheet": count._get_sheet_data()[0]}

    # -- counting --------------------------------------------------------------------------------------------------

    @api.model
    def register_open(self, config_id, uuid, device, limit=1000):
        """Return the sheet with its first lines for a device that is going to count, and make the device known.

        Locks the sheet's row the first time a device opens it.
        """
        config, count = self._enter_sheet(config_id, uuid)
        device = self._read_device(device)
        _offset, limit = self._read_page(0, limit)
        count._register_device(device)
        cursor = count._get_cursor()
        lines = count._get_lines_to_count(limit=limit)
        changes = count._get_changes(device, None)
        return {
            **changes,
            "lines": lines._get_line_data(),
            "products": count._get_product_data(lines.product_id),
            "cursor": cursor,
            "more": len(lines) == limit,
            "channel": count.sudo()._ensure_access_token(),  # sudo: the channel's secret, for those who may count here
            "last_seq": count._get_last_seq(device),
        }

    @api.model
    def register_lines(self, config_id, uuid, after_id, limit=1000):
        """Return the lines after ``after_id``, in the order of their ids."""
        _config, count = self._enter_sheet(config_id, uuid)
        after_id, limit = self._read_page(after_id, limit)
        lines = count._get_lines_to_count(after_id=after_id, limit=limit)
        return {
            "lines": lines._get_line_data(),
            "products": count._get_product_data(lines.product_id),
            "more": len(lines) == limit,
        }

    @api.model
    def register_lookup(self, config_id, uuid, code):
        """Return the product, pack or lot a barcode stands for, whatever the device had loaded; archived ones too.

        Of a kit, ``products`` and ``lines`` tell what to count in its place (``components`` of its data).
        ``lot_name`` without ``lot_id``: a lot that does not exist yet. ``expires_at`` and ``elsewhere`` as in a line.
        """
        _config, count = self._enter_sheet(config_id, uuid)
        found = count._find_barcode(self._read_text(code, entry_payload.MAX_CODE))
        if not found.product:
            return {
                "product": None,
                "products": [],
                "lines": [],
                "packaging_id": None,
                "qty": 1,
                "lot_id": None,
                "lot_name": None,
            }
        product = count._get_product_data(found.product)[0]
        parts = count._get_company_products().browse(product["components"])
        lines = (
            self.env["stock.pos.count.line"]
            .sudo()  # sudo: POS users do not read lines
            .search([("count_id", "=", count.id), ("product_id", "in", (found.product | parts).ids)])
        )
        return {
            "product": product,
            "products": count._get_product_data(parts),
            "lines": lines._get_line_data(),
            "packaging_id": found.packaging.id if found.packaging else None,
            "packaging_qty": found.packs if found.packaging else None,
            "qty": found.qty,
            "lot_id": found.lot.id if found.lot else None,
            "lot_name": found.lot_name,
            **(count._get_lot_news(found.lot)[found.lot.id] if found.lot else {"expires_at": None, "elsewhere": None}),
        }

    @api.model
    def register_search(self, config_id, uuid, term, limit=40):
        """Return the products whose name, internal reference or barcode fits, with their lines on this sheet."""
        _config, count = self._enter_sheet(config_id, uuid)
        _offset, limit = self._read_page(0, limit, 100)
        term = self._read_text(term)
        if not term:
            return {"lines": [], "products": []}
        products = count._search_countable(term, limit)
        lines = (
            self.env["stock.pos.count.line"]
            .sudo()  # sudo: POS users do not read lines
            .search([("count_id", "=", count.id), ("product_id", "in", products.ids)])
        )
        return {"lines": lines._get_line_data(), "products": count._get_product_data(products)}

    @api.model
    def register_sync(self, config_id, uuid, payload):
        """Take a device's entries and return what changed on the sheet since its cursor. See ``_record_batch``.

        Locks its device's row and the touched lines; shares the sheet's row.
        """
        config, count = self._enter_sheet(config_id, uuid)
        if not isinstance(payload, dict):
            raise UserError(self.env._("The register sent something that cannot be read. Reload it and try again."))
        device = self._read_device(payload.get("device"))
        cursor = self._read_cursor(payload.get("cursor"))
        raw_entries = self._read_batch(payload.get("entries") or [])
        count._share_with_devices()
        count._register_device(device, payload, config)
        known_ids = count._get_known_product_ids(raw_entries)
        results = count._record_batch(config, device, raw_entries, payload.get("device_time"))
        if any(result["status"] in ("taken", "late") for result in results):
            count._notify_changed(device["id"])
        lines = count._get_changed_lines(cursor)
        lines.fetch(["count_id", "product_id", "lot_id"])
        products = lines.product_id.filtered(lambda product: product.id not in known_ids)
        return {
            "results": results,
            "lines": lines._get_line_data(),
            "products": count._get_product_data(products),
            "cursor": count._get_cursor_after(),
            **count._get_changes(device, cursor),
        }

    @api.model
    def register_entries(self, config_id, uuid, offset=0, limit=50, line_id=None):
        """Return a page of the journal, everybody's, newest first."""
        _config, count = self._enter_sheet(config_id, uuid)
        offset, limit = self._read_page(offset, limit, 200)
        line_ids = self._read_ids([line_id]) if line_id else None
        entries, total = count._get_entry_data(offset=offset, limit=limit, line_ids=line_ids)
        return {"entries": entries, "total": total}

    @api.model
    def register_assign(self, config_id, uuid, code, product_id, person, lot_id=None):
        """Give the counts of an unknown code to a product. Doing it twice counts once.

        :raise UserError: the sheet is settled, or the product cannot be counted
        """
        config, count = self._enter_sheet(config_id, uuid)
        person_values = config._get_stock_count_person(person)
        count._lock_for_transition()
        (product_id,) = self._read_ids([product_id])
        (lot_id,) = self._read_ids([lot_id]) if lot_id else (None,)
        product = count._assign_code(self._read_text(code, entry_payload.MAX_CODE), product_id, lot_id, person_values)
        lines = (
            self.env["stock.pos.count.line"]
            .sudo()  # sudo: POS users do not read lines
            .search([("count_id", "=", count.id), ("product_id", "=", product_id)])
        )
        count._notify_changed()
        return {
            "sheet": count._get_sheet_data()[0],
            "lines": lines._get_line_data(),
            "products": count._get_product_data(product),
            "unknown": count._get_unknown_data(),
        }

    @api.model
    def register_late(self, config_id, uuid):
        """Return the late entries of a sheet that nobody included yet, newest first, and the conflicts that are
        open."""
        _config, count = self._enter_sheet(config_id, uuid)
        return count._get_late_data()

    @api.model
    def register_include(self, config_id, uuid, person, entry_uuids=None):
        """Let late entries count in their own round; without ``entry_uuids`` all of them. Doing it twice counts once.

        Locks the sheet and its devices.

        :param list entry_uuids: which of those that ``register_late`` names; others are left alone
        :raise UserError: the sheet is settled or being corrected
        """
        config, count = self._enter_sheet(config_id, uuid)
        person_values = config._get_stock_count_person(person)
        chosen = None if entry_uuids is None else set(self._read_uuids(entry_uuids))
        count._lock_for_transition()
        entries = count._get_late_entries()
        if chosen is not None:
            entries = entries.filtered(lambda entry: entry.uuid in chosen)
        count._include_late(entries, person_values)
        return count._get_late_data()

    @api.model
    def register_settle(self, config_id, uuid, line_id, keep, person):
        """Decide which numbers of a conflict count, whatever round it is in. Settled twice it is settled once.

        Locks the sheet and its devices.

        :param list keep: the uuids of one group of the line's ``conflict``, or of all groups, which adds them up
        :raise UserError: the sheet is closed, or the numbers changed meanwhile
        """
        config, count = self._enter_sheet(config_id, uuid)
        person_values = config._get_stock_count_person(person)
        keep = self._read_uuids(keep)
        count._lock_for_transition()
        # sudo: POS users do not read lines; that it is one of this sheet is checked next
        line = self.env["stock.pos.count.line"].sudo().browse(self._read_ids([line_id])).exists()
        is_hidden = line.has_conflict and line not in count._get_conflict_lines()
        if line.count_id.id != count.id or is_hidden:
            raise UserError(self.env._("This product is not on the count sheet any more. Go back to the list."))
        count._settle_conflict(line, keep, person_values)
        return count._get_late_data()

    @api.model
    def _read_uuids(self, uuids):
        """Return a checked list of uuids that a client sent."""
        if not isinstance(uuids, (list, tuple)) or not all(entry_payload.is_uuid(one) for one in uuids):
            raise UserError(self.env._("The register sent something that cannot be read. Reload it and try again."))
        return list(uuids)

    # -- results and correction ------------------------------------------------------------------------------------

    @api.model
    def register_result(self, config_id, uuid, view="short", offset=0, limit=80, term=""):
        """Return a page of a sheet's result lines, the largest variance first, and the totals of all views."""
        config, count = self._enter_sheet(config_id, uuid)
        offset, limit = self._read_page(offset, limit, 200)
        if not offset:
            count._refresh_later()
        return {
            **count._get_result_page(view, offset, limit, self._read_text(term)),
            "channel": count.sudo()._ensure_access_token(),  # sudo: as register_open
        }

    @api.model
    def register_line_detail(self, config_id, uuid, line_id):
        """Return everything about one line: rounds, entries, movements since, on hand now."""
        _config, count = self._enter_sheet(config_id, uuid)
        # sudo: POS users do not read lines; that it is one of this sheet is checked next
        line = self.env["stock.pos.count.line"].sudo().browse(self._read_ids([line_id])).exists()
        if line.count_id.id != count.id:
            raise UserError(self.env._("This product is not on the count sheet any more. Go back to the list."))
        count._refresh_later()
        return count._get_line_detail(line)

    @api.model
    def register_correction_preview(self, config_id, uuid, left_out=(), accepted=()):
        """Return what a correction would do now.

        :param list left_out: ids of lines that the person unticked
        :param list accepted: ids of lines that need a person's yes, and got it
        :raise AccessError: the user may not correct
        :raise UserError: the sheet is not mismatched, or is being corrected
        """
        _config, count = self._enter_sheet(config_id, uuid)
        count._check_transition("correct")
        return count._get_preview_data(self._read_ids(left_out), self._read_ids(accepted))

    @api.model
    def register_correct(self, config_id, uuid, fingerprint, left_out, person, accepted=()):
        """Set the stock to the counted result, as the preview with this fingerprint showed it. Cannot be undone.

        Pressed twice it corrects once. A long list is corrected in the background: the sheet's ``correcting`` says how
        far it is. Locks the sheet, and the quants of its products in the order of their ids.

        :return: ``{"done": True, "sheet"}``, or ``{"done": False, "preview"}`` when something changed since the preview
        """
        config, count = self._enter_sheet(config_id, uuid)
        _model, _res_id, person_name = config._get_stock_count_person(person)
        left_out, accepted = self._read_ids(left_out), self._read_ids(accepted)
        count._lock_for_transition()
        count._check_transition("correct")
        changed = count._do_correct(person_name, fingerprint, left_out, accepted)
        if changed:
            return {"done": False, "preview": count._dress_preview(changed)}
        return {"done": True, "sheet": count._get_sheet_data()[0]}

    @api.model
    def register_correction_progress(self, config_id, uuid):
        """Return how far a correction in the background is, or the sheet's data when none runs (any more)."""
        _config, count = self._enter_sheet(config_id, uuid)
        if count.correcting_since:
            return {"progress": count._get_correction_progress(), "sheet": None}
        return {"progress": None, "sheet": count._get_sheet_data()[0]}
