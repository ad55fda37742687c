import { Component, useRef } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

/**
 * Search by name, SKU or barcode. A code scanned into it, or typed and confirmed with
 * Enter, is a scan. Never focused by itself: a scanner's digits belong to the page.
 */
export class CountSearch extends Component {
    static template = "stock_pos_count.CountSearch";
    static props = {
        value: String,
        onSearch: Function,
        /** Enter: says whether the text was a code, which clears the box. */
        onEnter: Function,
        onCamera: { type: Function, optional: true },
        isCameraOn: { type: Boolean, optional: true },
        onClose: { type: Function, optional: true },
        autofocus: { type: Boolean, optional: true },
    };

    setup() {
        this.input = useRef("input");
    }

    get placeholder() {
        return _t("Name, SKU or barcode").toString();
    }

    onInput(ev) {
        this.props.onSearch(ev.target.value);
    }

    async onKeydown(ev) {
        if (ev.key === "Escape") {
            this.clear();
            this.input.el.blur();
        } else if (ev.key === "Enter" && ev.target.value.trim()) {
            const text = ev.target.value.trim();
            if (await this.props.onEnter(text)) {
                this.clear();
            }
            this.input.el?.blur();
        }
    }

    clear() {
        this.input.el.value = "";
        this.props.onSearch("");
    }
}
