import { Component, useEffect, useRef, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { CountPicture } from "@stock_pos_count/app/components/count_picture/count_picture";
import { conflictChoices } from "@stock_pos_count/app/utils/count_conflict";
import { formatQty, formatRelative, formatVariance } from "@stock_pos_count/app/utils/format";
import { lineKey } from "@stock_pos_count/app/utils/count_merge";

/** How long the "+1" stands before it fades, and how long that takes. */
const STAY_MS = 800;
const FADE_MS = 800;

/**
 * The current product: what it is, how much of it is counted, the number being typed, and
 * whatever needs a word about it. Every question about a count is asked in here; the card
 * keeps its height, so nothing on the page moves because of a scan.
 */
export class CountCard extends Component {
    static template = "stock_pos_count.CountCard";
    static components = { CountPicture };
    static props = {
        session: Object,
        /** The number being typed, as text; empty when none is. */
        typed: String,
        /** `{kind, text, choices: [{label, isPrimary, run}]}` about the typed number, or null. */
        question: { type: [Object, { value: null }] },
        isSmall: { type: Boolean, optional: true },
        onUndo: Function,
        onLot: Function,
        onOtherLot: Function,
        onDecide: Function,
        onNote: Function,
        onChooseProduct: Function,
        /** Called with the key of a line to count next. */
        onPick: Function,
    };
    static defaultProps = { isSmall: false };

    setup() {
        this.session = useState(this.props.session);
        this.state = useState({ isNoteOpen: false, noteText: "", rounds: null });
        this.deltaRef = useRef("delta");
        this.noteRef = useRef("note");
        useEffect(
            (delta, uuid) => {
                if (delta && uuid && !matchMedia("(prefers-reduced-motion: reduce)").matches) {
                    // By a timer: an animation, even one that changes nothing yet, makes the
                    // browser draw on and on, and the next number waits behind that.
                    const timer = browser.setTimeout(() => {
                        delta.animate([{ opacity: 1 }, { opacity: 0 }], {
                            duration: FADE_MS,
                            fill: "forwards",
                        });
                    }, STAY_MS);
                    return () => browser.clearTimeout(timer);
                }
            },
            () => [this.deltaRef.el, this.session.latest?.uuid],
        );
        useEffect(
            (input) => input?.focus(),
            () => [this.noteRef.el],
        );
        useEffect(
            () => {
                this.state.isNoteOpen = false;
                this.state.rounds = null;
            },
            () => [this.session.selectedKey],
        );
    }

    get line() {
        return this.session.selected;
    }

    get product() {
        return this.line?.product;
    }

    /** What to do first, as long as no product was chosen. */
    get emptyText() {
        if (this.session.isCounting) {
            return _t("Scan a product, or pick one from the list.");
        }
        switch (this.session.sheet.state) {
            case "new":
                return _t("Start the count, then scan a product.");
            case "paused":
                return _t("Continue the count, then scan a product.");
            default:
                return _t("Nothing is counted here any more.");
        }
    }

    get notice() {
        return this.session.notice;
    }

    get pictureSize() {
        return this.props.isSmall ? 56 : 72;
    }

    get codes() {
        const { sku, barcodes } = this.product;
        return [sku, barcodes.find(({ packaging_id }) => !packaging_id)?.code]
            .filter(Boolean)
            .join(" · ");
    }

    get lotLabel() {
        const { lot_name } = this.line;
        if (this.product.tracking === "none" && !lot_name) {
            return "";
        }
        const isSerial = this.product.tracking === "serial";
        if (!lot_name) {
            return (isSerial ? _t("No serial number") : _t("No lot")).toString();
        }
        return (isSerial ? _t("Serial %s", lot_name) : _t("Lot %s", lot_name)).toString();
    }

    /** What a person should know of the lot: where the books have it, and until when it keeps. */
    get lotHints() {
        const { elsewhere, expires_at } = this.line;
        const hints = [];
        if (elsewhere) {
            hints.push({
                text: _t("In the books at %s", elsewhere).toString(),
                icon: "fa-exclamation-triangle",
            });
        }
        if (expires_at) {
            const date = formatDate(luxon.DateTime.fromMillis(expires_at));
            const isOver = expires_at < Date.now();
            const text = isOver ? _t("Expired %s", date) : _t("Expires %s", date);
            hints.push({
                text: text.toString(),
                icon: isOver ? "fa-calendar-times-o" : "fa-calendar",
            });
        }
        return hints;
    }

    get number() {
        return this.props.typed || formatQty(this.line.counted);
    }

    get unit() {
        return this.product.whole ? "" : this.product.uom;
    }

    get delta() {
        const { latest } = this.session;
        return latest?.key === this.session.selectedKey && latest.kind === "add"
            ? formatVariance(latest.qty)
            : "";
    }

    get canUndo() {
        const { latest, selectedKey, isCounting } = this.session;
        return isCounting && latest?.key === selectedKey;
    }

    /** What was there before, so that nobody doubts whether it was added or replaced. */
    get history() {
        const { latest, selectedKey } = this.session;
        const { counted, who, at } = this.line;
        if (this.props.typed && counted !== null) {
            return _t("Counted so far: %s", formatQty(counted)).toString();
        }
        if (latest?.key === selectedKey && latest.was !== null) {
            return this.whoAndWhen(
                formatQty(latest.was),
                latest.who,
                latest.at,
                _t("was %s", formatQty(latest.was)),
            );
        }
        if (counted === null) {
            return this.props.typed ? "" : _t("Not counted yet").toString();
        }
        return [who, formatRelative(at)].filter(Boolean).join(" · ");
    }

    whoAndWhen(qty, who, at, short) {
        if (!who) {
            return short.toString();
        }
        return _t("was %(qty)s · %(who)s %(when)s", {
            qty,
            who,
            when: formatRelative(at),
        }).toString();
    }

    /** Screen readers hear one sentence a scan. */
    get spoken() {
        if (this.notice) {
            return this.noticeText;
        }
        if (!this.line || this.props.typed) {
            return "";
        }
        return _t("%(product)s, counted: %(qty)s", {
            product: this.product?.name || "",
            qty: formatQty(this.line.counted),
        }).toString();
    }

    // --- lots ---------------------------------------------------------------------------

    /** After a scan that did not name the lot. */
    get canChooseLot() {
        const { latest, selectedKey } = this.session;
        const isScanOfProduct =
            latest?.key === selectedKey &&
            latest.kind === "add" &&
            latest.uuid &&
            !this.line.lot_id &&
            !this.line.lot_name;
        return Boolean(isScanOfProduct) && this.product?.tracking !== "none";
    }

    /** The lots on the sheet to choose from; a serial number that was found is no choice. */
    get lotChoices() {
        const isSerial = this.product.tracking === "serial";
        return this.session.book
            .linesOfProduct(this.product.id)
            .filter(
                ({ lot_id, to_count, counted }) => lot_id && to_count && !(isSerial && counted),
            );
    }

    // --- conflict ------------------------------------------------------------------------

    get conflict() {
        const groups = this.line?.conflict;
        return groups ? conflictChoices(groups) : null;
    }

    /** Something has to be done about the line before the sheet can be completed. */
    get isMarked() {
        return Boolean(this.conflict) || this.line?.counted < 0;
    }

    // --- notices --------------------------------------------------------------------------

    get noticeText() {
        const { kind, text } = this.notice;
        const texts = { refused: text, ask: this.askText, kit: this.kitText };
        return (texts[kind] || this.unknownText).toString();
    }

    get unknownText() {
        const { code, times, isCertain } = this.notice;
        if (!isCertain) {
            return _t("%(code)s is not on this device. It is kept and checked later.", { code });
        }
        return times > 1
            ? _t("%(code)s unknown × %(times)s", { code, times })
            : _t("%s unknown", code);
    }

    get askText() {
        const { about, name } = this.notice;
        return about === "recount"
            ? _t("%s is not part of this recount.", name)
            : _t("%s is not on this sheet.", name);
    }

    get kitText() {
        return _t("%s is a kit. Count its parts:", this.notice.name);
    }

    /** The lines of what the kit consists of, one a lot. */
    get kitLines() {
        const { version, book } = this.session;
        const kit = version >= 0 && book.products.get(this.notice.productId);
        return kit.components
            .flatMap((part) => book.linesOfProduct(part))
            .filter(({ product }) => product);
    }

    get askYes() {
        return this.notice.about === "recount"
            ? _t("Add it to the recount")
            : _t("Add it to this sheet");
    }

    answer(isYes) {
        this.session.scanner.answer(this.notice.uuid, isYes);
    }

    dismiss() {
        this.session.notice = null;
    }

    // --- note and earlier counts ------------------------------------------------------------

    /** The text is the field's own while it is open: an answer of the server must not undo it. */
    toggleNote() {
        this.state.noteText = this.line.note || "";
        this.state.isNoteOpen = !this.state.isNoteOpen;
    }

    saveNote(ev) {
        const text = ev.target.value.trim();
        this.state.isNoteOpen = false;
        if (text !== (this.line.note || "")) {
            this.props.onNote(this.session.selectedKey, text);
        }
    }

    onNoteKeydown(ev) {
        if (ev.key === "Enter") {
            ev.target.blur();
        } else if (ev.key === "Escape") {
            ev.target.value = this.line.note || "";
            ev.target.blur();
        }
    }

    /** In a recount, what earlier rounds gave; never on a blind sheet, and only when asked. */
    get canShowRounds() {
        return this.session.isRecount && !this.session.sheet.blind && Boolean(this.line?.id);
    }

    async toggleRounds() {
        if (this.state.rounds) {
            this.state.rounds = null;
            return;
        }
        const { service, uuid } = this.session;
        const { key, id } = this.line;
        try {
            const { rounds } = await service.rpc("register_line_detail", uuid, id);
            if (key === this.session.selectedKey) {
                this.state.rounds = this.roundsText(rounds);
            }
        } catch (error) {
            service.notifyError(error);
        }
    }

    roundsText(rounds) {
        const earlier = rounds.filter(({ round }) => round < this.session.sheet.round);
        const texts = earlier.map(({ round, counted, who }) =>
            round
                ? _t("Recount %(round)s: %(qty)s (%(who)s)", {
                      round,
                      qty: formatQty(counted),
                      who,
                  })
                : _t("Count: %(qty)s (%(who)s)", { qty: formatQty(counted), who }),
        );
        return texts.join(" · ") || _t("No earlier count").toString();
    }

    keyOfLot(line) {
        return lineKey(line.product_id, line.lot_id);
    }

    formatQty(value) {
        return formatQty(value);
    }
}
