from odoo import SUPERUSER_ID, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from .. import count_logic


class PosConfig(models.Model):
    _inherit = "pos.config"

    use_stock_count = fields.Boolean(
        "Stocktake", default=True, help="Let this register's staff take stock in the Point of Sale."
    )
    stock_count_correct = fields.Selection(
        [("everyone", "Everyone who may count"), ("manager", "Managers only")],
        "Who May Correct Stock",
        default="everyone",
        help="Who may set the stock to the counted result. Managers always may.",
    )
    stock_count_blind = fields.Boolean(
        "Blind Count", help="Staff do not see on hand and variance before the count sheet is matched or corrected."
    )

    stock_count_recount_by_other = fields.Boolean(
        "Recount by Another Person", help="Ask that somebody else recounts than who counted before."
    )

    def write(self, vals):
        """Keep the stocktake's settings to managers: Odoo lets everyone who sells write registers."""
        is_setting = any(name == "use_stock_count" or name.startswith("stock_count_") for name in vals)
        managers = ("point_of_sale.group_pos_manager", "base.group_system")
        if is_setting and not self.env.su and not any(map(self.env.user.has_group, managers)):
            raise AccessError(self.env._("Only a manager may change the settings of the stocktake."))
        return super().write(vals)

    def _get_stock_count_location(self):
        """Return the location the register sells from: what its count sheets count.

        :raise UserError: the register has no source location
        """
        self.ensure_one()
        location = self.picking_type_id.default_location_src_id
        if not location:
            raise UserError(
                self.env._(
                    "The register %s has no source location. Set one on its operation type before taking stock.",
                    self.display_name,
                )
            )
        return location

    def _hides_stock(self):
        """Return whether stock figures are kept from the user: a blind count of what this register sells is under
        way."""
        self.ensure_one()
        if not self.use_stock_count or self.env.user.has_group("point_of_sale.group_pos_manager"):
            return False
        location = self.sudo().picking_type_id.default_location_src_id  # sudo: see _get_register_domain
        if not location:
            return False
        counts = self.env["stock.pos.count"].sudo()  # sudo: only whether there is one leaves this method
        started = [state for state in count_logic.OPEN_STATES if state != count_logic.NEW]
        domain = (
            Domain("blind", "=", True)
            & Domain("state", "in", started)
            & (Domain("location_id", "parent_of", location.id) | Domain("location_id", "child_of", location.id))
        )
        return bool(counts.search_count(domain, limit=1))

    # -- persons -------------------------------------------------------------------------------------------------

    def _get_stock_count_persons(self):
        """Return who may be named on this register as ``[(model, id, name)]``.

        With employees at the register (pos_hr): those its employee lists allow. Otherwise the company's Point of Sale
        users.
        """
        self.ensure_one()
        if self._uses_employees():
            employees = self._get_stock_count_employees()
            return [("hr.employee", employee.id, employee.name) for employee in employees]
        # sudo: a POS user may be unable to list the other users; their names are told
        users = (
            self.env.ref("point_of_sale.group_pos_user")
            .sudo()
            .all_user_ids.filtered(lambda user: user.active and not user.share and self.company_id in user.company_ids)
        )
        users |= self.env.user.sudo()  # sudo: as the others
        return [("res.users", user.id, user.name) for user in users.sorted("name") if user.id != SUPERUSER_ID]

    def _get_stock_count_person(self, person):
        """Return ``(model, id, name)`` of the person at the register, checked.

        A person only attributes what is done; rights are those of the logged-in user.

        :param dict person: ``{"model", "id"}`` as the register sent it
        :raise AccessError: not a person who may work on this register
        """
        self.ensure_one()
        if isinstance(person, dict):
            model, res_id = person.get("model"), person.get("id")
            if model == "res.users" and res_id == self.env.uid and not self._uses_employees():
                return "res.users", self.env.uid, self.env.user.name
            if model == "hr.employee" and self._uses_employees():
                for employee in self._get_stock_count_employees():
                    if employee.id == res_id:
                        return "hr.employee", employee.id, employee.name
        raise AccessError(
            # sudo: only the register's name is told
            self.env._("This person may not work on the register %s. Log in again.", self.sudo().display_name)
        )

    def _get_stock_count_identities(self, model, res_id):
        """Return as which ``{(model, id)}`` the person's entries may be recorded: an employee counts as themself at a
        register with employees, and as their user at one without.
        """
        if "hr.employee" not in self.env:
            return {(model, res_id)}
        # sudo: employees are mostly hidden from POS users; only ids leave this method
        employees = self.env["hr.employee"].sudo().with_context(active_test=False)
        users = employees.browse(res_id).user_id if model == "hr.employee" else self.env["res.users"].browse(res_id)
        same = employees.search([("user_id", "in", users.ids)])
        return {(model, res_id), *(("res.users", one.id) for one in users), *(("hr.employee", one.id) for one in same)}

    def _uses_employees(self):
        return bool(self.module_pos_hr) and "hr.employee" in self.env and hasattr(self, "_employee_domain")

    def _get_stock_count_employees(self):
        """Return whom the register offers at its login, and whom it would offer the user: it asks for the employee of
        whoever opened the session, whose device or not."""
        config = self.sudo()  # sudo: employees are mostly hidden from POS users; only ids and names leave this method
        users = config.current_user_id | self.env.user
        domain = Domain.OR(config._employee_domain(user.id) for user in users)
        return config.env["hr.employee"].search(domain, order="name")

    # -- backend -------------------------------------------------------------------------------------------------

    def action_open_stock_count(self):
        """Open the register on its list of count sheets, without asking for the opening cash.

        :return: an act_url action
        :raise AccessError: the user may not use the Point of Sale
        """
        self.ensure_one()
        if not self.env.user.has_group("point_of_sale.group_pos_user"):
            raise AccessError(self.env._("You need to be a Point of Sale user to take stock."))
        action = self.open_ui()
        if action.get("type") == "ir.actions.act_url":
            path, _sep, query = action["url"].partition("?")
            action["url"] = f"{path}/stock-count?{query}"
        return action

    def action_view_stock_counts(self):
        """Open the backend list of this register's shop's count sheets."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("stock_pos_count.stock_pos_count_action")
        action["domain"] = list(self.env["stock.pos.count"]._get_register_domain(self))
        return action
