import { Component, useEffect, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";
import { parseFloat } from "@web/views/fields/parsers";
import { formatQty } from "@stock_pos_count/app/utils/format";
import { CountTime } from "@stock_pos_count/app/components/count_time/count_time";

/**
 * Entries of this device that the server did not accept: each with its reason, to be
 * corrected and sent again, or let go of after a second question.
 */
export class CountRefusedDialog extends Component {
    static template = "stock_pos_count.CountRefusedDialog";
    static components = { CountTime, Dialog };
    static props = { session: Object, close: Function };

    setup() {
        this.session = useState(this.props.session);
        this.state = useState({ texts: {}, askedUuid: null });
        useEffect(
            (isEmpty) => {
                if (isEmpty) {
                    this.props.close();
                }
            },
            () => [!this.rows.length],
        );
    }

    get title() {
        return _t("Not accepted");
    }

    get rows() {
        const { syncState, book } = this.session;
        return syncState.refused.map((record) => {
            const { uuid, reason, entry } = record;
            return {
                uuid,
                reason,
                name: book.products.get(entry.product_id)?.name || entry.code || _t("Entry"),
                at: entry.counted_at,
                hasQty: ["add", "set"].includes(entry.kind),
                text: this.state.texts[uuid] ?? formatQty(entry.qty),
                isAsked: this.state.askedUuid === uuid,
            };
        });
    }

    onInput(uuid, ev) {
        this.state.texts[uuid] = ev.target.value;
    }

    async send(row) {
        try {
            const { entry } = this.session.book.records.get(row.uuid);
            const qty = row.hasQty ? parseFloat(row.text.replace("\u2212", "-")) : entry.qty;
            await this.session.mend(row.uuid, qty);
        } catch {
            this.session.service.notification.add(_t("%s is not a number.", row.text), {
                type: "warning",
            });
        }
    }

    async discard(row) {
        if (this.state.askedUuid !== row.uuid) {
            this.state.askedUuid = row.uuid;
            return;
        }
        this.state.askedUuid = null;
        await this.session.discard(row.uuid);
    }
}
