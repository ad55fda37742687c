import { Component, onMounted, onWillUnmount, useRef, useState } from "@odoo/owl";
import { KeepLast } from "@web/core/utils/concurrency";
import { debounce } from "@web/core/utils/timing";
import { _t } from "@web/core/l10n/translation";
import { CountPicture } from "@stock_pos_count/app/components/count_picture/count_picture";

const SEARCH_DELAY_MS = 300;
const TERM_LENGTH_MIN = 2;
const RESULTS_MAX = 40;

/** Searches all products that can be counted and picks one; in place, not in a dialog. */
export class CountProductPicker extends Component {
    static template = "stock_pos_count.CountProductPicker";
    static components = { CountPicture };
    static props = {
        session: Object,
        onPick: Function,
        onCancel: Function,
    };

    setup() {
        this.input = useRef("input");
        this.state = useState({ term: "", products: [], isBusy: false, error: null });
        this.keepLast = new KeepLast();
        this.search = debounce(() => this.fetch(), SEARCH_DELAY_MS);
        onMounted(() => this.input.el.focus());
        onWillUnmount(() => this.search.cancel());
    }

    onInput(ev) {
        this.state.term = ev.target.value.trim();
        this.state.isBusy = this.state.term.length >= TERM_LENGTH_MIN;
        this.search();
    }

    async fetch() {
        const { service, uuid } = this.props.session;
        if (this.state.term.length < TERM_LENGTH_MIN) {
            this.state.products = [];
            return;
        }
        try {
            const { products } = await this.keepLast.add(
                service.rpc("register_search", uuid, this.state.term, RESULTS_MAX),
            );
            Object.assign(this.state, { products, isBusy: false, error: null });
        } catch (error) {
            Object.assign(this.state, { products: [], isBusy: false, error: error.message });
        }
    }

    get emptyText() {
        const { term, products, isBusy, error } = this.state;
        if (error || isBusy || products.length || term.length < TERM_LENGTH_MIN) {
            return error || "";
        }
        return _t("Nothing found for “%s”", term).toString();
    }
}
