import { Component, onWillStart, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";
import { describeEntry } from "@stock_pos_count/app/components/count_last_entries/count_last_entries";
import { isCounting } from "@stock_pos_count/app/utils/count_merge";
import { CountTime } from "@stock_pos_count/app/components/count_time/count_time";

const PAGE_SIZE = 50;

/** Everything that was counted on the sheet, by everyone, newest first. */
export class CountEntriesDialog extends Component {
    static template = "stock_pos_count.CountEntriesDialog";
    static components = { CountTime, Dialog };
    static props = { session: Object, onUndo: Function, close: Function };

    setup() {
        this.session = useState(this.props.session);
        this.state = useState({ entries: [], total: 0, isBusy: true, note: null });
        onWillStart(() => this.load());
    }

    get title() {
        return _t("All entries");
    }

    get rows() {
        return this.state.entries.map((entry) =>
            describeEntry(
                {
                    ...entry,
                    name: entry.product || entry.code,
                    code: entry.product ? null : entry.code,
                    lotName: entry.lot_name,
                    status: "saved",
                    mine: isCounting(entry),
                    key: this.session.book.keyByLineId.get(entry.line_id) || null,
                },
                this.session.isCounting,
            ),
        );
    }

    get hasMore() {
        return this.state.entries.length < this.state.total;
    }

    async load() {
        this.state.isBusy = true;
        const { service, uuid, book } = this.session;
        try {
            const { entries, total } = await service.rpc(
                "register_entries",
                uuid,
                this.state.entries.length,
                PAGE_SIZE,
            );
            const known = new Set(this.state.entries.map((entry) => entry.uuid));
            this.state.entries.push(...entries.filter(({ uuid: id }) => !known.has(id)));
            this.state.total = total;
            this.state.note = null;
        } catch (error) {
            this.state.entries = [...book.recent.values()].sort((a, b) => b.at - a.at);
            this.state.total = 0;
            this.state.note = _t("%s: only the entries on this device are shown.", error.message);
        }
        this.state.isBusy = false;
    }

    async undo(row) {
        await this.props.onUndo(row);
        this.state.entries.find(({ uuid }) => uuid === row.uuid).undone = true;
    }
}
