import { Component, onMounted, useRef, useState } from "@odoo/owl";
import { formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { Dialog } from "@web/core/dialog/dialog";
import { KeepLast } from "@web/core/utils/concurrency";
import { useDebounced } from "@web/core/utils/timing";
import { CountOfflineError } from "@stock_pos_count/app/services/count_errors";

const SEARCH_DELAY_MS = 300;

/**
 * Chooses the lot or serial number of what was just counted: one that exists, or a new one
 * where the shop's operation type makes them. Without network a name is taken as typed, and
 * the server says later whether it knows it.
 */
export class CountLotDialog extends Component {
    static template = "stock_pos_count.CountLotDialog";
    static components = { Dialog };
    static props = {
        session: Object,
        product: Object,
        /** Called with `{id, name}`; `id` is null for a lot that is known by its name only. */
        onPick: Function,
        close: Function,
    };

    setup() {
        this.input = useRef("input");
        this.state = useState({ term: "", lots: [], mayCreate: false, isOffline: false });
        this.keepLast = new KeepLast();
        this.search = useDebounced(() => this.load(), SEARCH_DELAY_MS);
        onMounted(() => {
            this.input.el.focus();
            this.load();
        });
    }

    get title() {
        return this.props.product.tracking === "serial"
            ? _t("Which serial number?")
            : _t("Which lot?");
    }

    async load() {
        const { session, product } = this.props;
        try {
            const { lots, may_create } = await this.keepLast.add(
                session.service.rpc("register_lots", session.uuid, product.id, this.state.term),
            );
            Object.assign(this.state, { lots, mayCreate: may_create, isOffline: false });
        } catch (error) {
            if (!(error instanceof CountOfflineError)) {
                session.service.notifyError(error);
            }
            Object.assign(this.state, { lots: [], isOffline: true });
        }
    }

    onInput(ev) {
        this.state.term = ev.target.value.trim();
        this.search();
    }

    /** Whether the typed name is a lot of its own, to be taken as it is. */
    get canTakeName() {
        const { term, lots, mayCreate, isOffline } = this.state;
        return Boolean(term) && (mayCreate || isOffline) && !lots.some(({ name }) => name === term);
    }

    hint({ elsewhere, expires_at }) {
        const texts = [];
        if (elsewhere) {
            texts.push(_t("In the books at %s", elsewhere));
        }
        if (expires_at) {
            texts.push(_t("Expires %s", formatDate(luxon.DateTime.fromMillis(expires_at))));
        }
        return texts.join(" · ");
    }

    pick(lot) {
        this.props.close();
        this.props.onPick(lot);
    }

    onSubmit() {
        const lot = this.state.lots.find(({ name }) => name === this.state.term);
        if (lot) {
            this.pick(lot);
        } else if (this.canTakeName) {
            this.pick({ id: null, name: this.state.term });
        }
    }
}
