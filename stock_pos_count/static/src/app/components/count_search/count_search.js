import { Component, useEffect, useRef } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useDebounced } from "@web/core/utils/timing";

/** A scanner's keys come faster: the list is not searched for each of them. */
const SEARCH_DELAY_MS = 60;

/**
 * Search by name, SKU or barcode, as one types. A code that is typed here and confirmed
 * with Enter is a scan.
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
        this.search = useDebounced(() => this.send(), SEARCH_DELAY_MS);
        /** What was searched last; what is typed meanwhile is newer and stays. */
        this.sent = null;
        useEffect(
            (value) => {
                if (value !== this.sent) {
                    this.input.el.value = value;
                    this.sent = value;
                }
            },
            () => [this.props.value],
        );
    }

    send() {
        this.sent = this.input.el.value;
        this.props.onSearch(this.sent);
    }

    get placeholder() {
        return _t("Name, SKU or barcode").toString();
    }

    onInput() {
        this.search();
    }

    onKeydown(ev) {
        if (ev.key === "Escape") {
            this.clear();
            this.input.el.blur();
        } else if (ev.key === "Enter" && ev.target.value.trim()) {
            this.search.cancel(true);
            if (this.props.onEnter(ev.target.value.trim())) {
                this.clear();
            }
            this.input.el.blur();
        }
    }

    clear() {
        this.search.cancel();
        this.input.el.value = "";
        this.send();
    }
}
