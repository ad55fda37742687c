import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { formatQty } from "@stock_pos_count/app/utils/format";
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

    /**
     * @returns {{kind: string, icon: string, count: number|undefined, text: string}[]} the worst
     *      first; without a count where there is nothing but a word to tell
     */
    get parts() {
        const { refused, waiting } = this.session.syncState;
        const parts = [
            {
                kind: "refused",
                icon: "⚠",
                count: refused.length,
                text: _t("%s not accepted", formatQty(refused.length)).toString(),
            },
            {
                kind: "waiting",
                icon: "↑",
                count: waiting,
                text: _t("%s waiting", formatQty(waiting)).toString(),
            },
        ].filter(({ count }) => count);
        return parts.length && this.session.canKeep ? parts : [this.restPart];
    }

    get restPart() {
        if (!this.session.canKeep) {
            return { kind: "refused", icon: "⚠", text: _t("Nothing is kept here").toString() };
        }
        return this.session.isOnline
            ? { kind: "saved", icon: "✓", text: _t("Saved").toString() }
            : { kind: "offline", icon: "✓", text: _t("Saved, no network").toString() };
    }

    /** The numbers of this device on this sheet, and why what waits is still here. */
    getTitle(parts) {
        const { syncState, syncError } = this.session;
        const numbers = parts.filter(({ count }) => count).map(({ text }) => text);
        if (syncState.saved) {
            numbers.push(_t("%s saved", formatQty(syncState.saved)).toString());
        }
        const told = numbers.join(" · ") || parts[0].text;
        return syncState.waiting && syncError
            ? `${told}\n${this.keptText}\n${syncError.message}`
            : told;
    }

    get keptText() {
        return _t("Kept on this device, sent when the network is back").toString();
    }

    /** Opens what was not accepted; else tries again now, and tells the numbers or what went wrong. */
    onClick() {
        const { canKeep, sync, syncError, service } = this.session;
        if (this.session.syncState.refused.length) {
            this.props.onRefused();
            return;
        }
        if (canKeep && syncError) {
            service.notifyError(syncError);
        } else {
            service.notification.add(this.getTitle(this.parts), { type: "info" });
        }
        sync.wake();
    }
}
