import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useTrailingState } from "@stock_pos_count/app/services/count_drawing_hook";

/**
 * Where the counts of this device are: saved, waiting, or not accepted. Always at the same
 * place; a tap opens the entries that were not accepted, or sends those that wait.
 */
export class CountSyncSign extends Component {
    static template = "stock_pos_count.CountSyncSign";
    static props = {
        session: Object,
        isSmall: { type: Boolean, optional: true },
        onRefused: Function,
    };
    static defaultProps = { isSmall: false };

    setup() {
        this.session = useTrailingState(this.props.session);
    }

    get sign() {
        const { refused, waiting } = this.session.syncState;
        if (!this.session.canKeep) {
            return { kind: "refused", icon: "⚠", text: _t("Nothing is kept here").toString() };
        }
        if (refused.length) {
            return {
                kind: "refused",
                icon: "⚠",
                number: refused.length,
                text: _t("%s not accepted", refused.length).toString(),
            };
        }
        if (waiting) {
            return {
                kind: "waiting",
                icon: "↑",
                number: waiting,
                text: _t("%s waiting", waiting).toString(),
            };
        }
        if (!this.session.isOnline) {
            return { kind: "offline", icon: "✓", text: _t("Saved, no network").toString() };
        }
        return { kind: "saved", icon: "✓", text: _t("Saved").toString() };
    }

    /** The sign keeps its short form on a phone; the words stay for screen readers. */
    get shortText() {
        return this.sign.number ? String(this.sign.number) : "";
    }

    get title() {
        if (this.sign.kind === "waiting" && this.session.syncError) {
            return `${this.keptText}\n${this.session.syncError.message}`;
        }
        return this.sign.text;
    }

    get keptText() {
        return _t("Kept on this device, sent when the network is back").toString();
    }

    /** Opens what was not accepted; else tries again now, and says why it did not work before. */
    onClick() {
        const { canKeep, sync, syncError, service } = this.session;
        if (this.session.syncState.refused.length) {
            this.props.onRefused();
            return;
        }
        if (canKeep && syncError) {
            service.notifyError(syncError);
        }
        sync.wake();
    }
}
