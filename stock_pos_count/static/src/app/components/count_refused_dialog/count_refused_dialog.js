import { Component, useEffect, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";
import { parseFloat } from "@web/views/fields/parsers";
import { formatQty } from "@stock_pos_count/app/utils/format";
import { CountProductPicker } from "@stock_pos_count/app/components/count_product_picker/count_product_picker";
import { CountTime } from "@stock_pos_count/app/components/count_time/count_time";

/**
 * Entries of this device that the server did not accept: each with its reason, to be sent
 * again with another quantity or on another product, or let go of after a second question.
 */
export class CountRefusedDialog extends Component {
    static template = "stock_pos_count.CountRefusedDialog";
    static components = { CountProductPicker, CountTime, Dialog };
    static props = { session: Object, close: Function };

    setup() {
        this.session = useState(this.props.session);
        this.state = useState({ texts: {}, askedUuid: null, pickingUuid: null });
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
                hasProduct: ["add", "set", "zero"].includes(entry.kind),
                text: this.state.texts[uuid] ?? formatQty(entry.qty),
                isAsked: this.state.askedUuid === uuid,
                isPicking: this.state.pickingUuid === uuid,
            };
        });
    }

    onInput(uuid, ev) {
        this.state.texts[uuid] = ev.target.value;
    }

    /** @param {Object} row @param {Object} [product] the one it is sent with instead */
    async send(row, product) {
        const qty = this.readQty(row);
        if (qty !== null) {
            await this.session.mend(row.uuid, { qty }, product);
        }
    }

    /** @returns {number|null} what is typed now; `null`, and the person was told, if that is no number */
    readQty({ uuid, hasQty }) {
        const record = this.session.book.records.get(uuid);
        const text = this.state.texts[uuid];
        if (!record || !hasQty || text === undefined) {
            return record ? record.entry.qty : null;
        }
        try {
            // The field was given the text with its true minus, and perhaps the mark before it.
            return parseFloat(text.replace("\u200e", "").replace("\u2212", "-"));
        } catch {
            this.session.service.notification.add(_t("%s is not a number.", text), {
                type: "warning",
            });
            return null;
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
