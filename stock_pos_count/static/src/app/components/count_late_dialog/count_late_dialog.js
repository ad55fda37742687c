import { Component, onWillStart, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { useService } from "@web/core/utils/hooks";
import { _t } from "@web/core/l10n/translation";
import { CountCreateDialog } from "@stock_pos_count/app/components/count_create_dialog/count_create_dialog";
import { describeEntry } from "@stock_pos_count/app/components/count_last_entries/count_last_entries";
import { CountTime } from "@stock_pos_count/app/components/count_time/count_time";
import { useStockPosCount } from "@stock_pos_count/app/services/stock_pos_count_hook";
import { conflictChoices } from "@stock_pos_count/app/utils/count_conflict";

/**
 * Counts that arrived after their round was completed. They change nothing until somebody
 * includes them; on a sheet whose result is final they can only start a new one.
 */
export class CountLateDialog extends Component {
    static template = "stock_pos_count.CountLateDialog";
    static components = { CountTime, Dialog };
    static props = {
        sheetUuid: String,
        /** Called when the dialog changed the sheet. */
        onChanged: Function,
        close: Function,
    };

    setup() {
        this.count = useStockPosCount();
        this.dialog = useService("dialog");
        this.state = useState({ answer: null, error: null, isBusy: true });
        onWillStart(() => {
            this.run("register_late");
        });
    }

    get title() {
        return _t("Late entries");
    }

    get rows() {
        return this.state.answer.entries.map((entry) => ({
            ...describeEntry({ ...entry, name: entry.product || entry.code }, false),
            undoText: entry.kind === "undo" ? _t("Takes a count back").toString() : "",
        }));
    }

    get conflicts() {
        return this.state.answer.conflicts.map((conflict) => ({
            ...conflict,
            ...conflictChoices(conflict.groups),
        }));
    }

    get isEmpty() {
        const { entries, conflicts } = this.state.answer;
        return !entries.length && !conflicts.length;
    }

    may(action) {
        return Boolean(this.state.answer?.sheet.allowed.includes(action));
    }

    get includable() {
        const entries = this.state.answer?.entries || [];
        return entries.filter(({ can_include }) => can_include);
    }

    get includeAllLabel() {
        return _t("Include all %s", this.includable.length);
    }

    async run(method, ...args) {
        Object.assign(this.state, { isBusy: true, error: null });
        try {
            this.state.answer = await this.count.rpc(method, this.props.sheetUuid, ...args);
            this.count.remember(this.state.answer.sheet);
        } catch (error) {
            this.state.error = error.message;
        }
        this.state.isBusy = false;
    }

    async include(entries) {
        const uuids = entries.map(({ uuid }) => uuid);
        await this.run("register_include", this.count.personKey, uuids);
        this.props.onChanged();
    }

    async settle({ line_id }, { keep }) {
        await this.run("register_settle", line_id, keep, this.count.personKey);
        this.props.onChanged();
    }

    startSheet() {
        const { sheet, entries } = this.state.answer;
        const products = new Set(entries.map(({ product_id }) => product_id).filter(Boolean));
        this.dialog.add(CountCreateDialog, {
            fromSheet: sheet,
            lateProducts: products.size,
            onCreated: () => this.count.navigateList(),
        });
        this.props.close();
    }
}
