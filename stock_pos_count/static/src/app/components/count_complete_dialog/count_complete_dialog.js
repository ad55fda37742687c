import { Component, onWillStart, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { CountLateDialog } from "@stock_pos_count/app/components/count_late_dialog/count_late_dialog";
import { actionLabel } from "@stock_pos_count/app/utils/count_states";
import { formatNames, formatQty, formatRelative } from "@stock_pos_count/app/utils/format";
import { CountOfflineError } from "@stock_pos_count/app/services/count_errors";
import { CountZeroForm } from "./count_zero_form/count_zero_form";

const DEVICES_MAX = 3;

/**
 * Completing a count: what is true about it and nothing else, and the buttons that fit.
 * If something is missing, going on counting is the primary one.
 */
export class CountCompleteDialog extends Component {
    static template = "stock_pos_count.CountCompleteDialog";
    static components = { CountZeroForm, Dialog };
    static props = {
        session: Object,
        /** Opens the list on a chip: `to_count`, `unknown` or `check`. */
        onSee: Function,
        onCompleted: Function,
        close: Function,
    };

    setup() {
        this.dialog = useService("dialog");
        this.session = useState(this.props.session);
        this.state = useState({
            facts: null,
            isOffline: false,
            error: null,
            isBusy: false,
            /** The dialog asks how much to count as zero, instead of what it says else. */
            isZeroOpen: false,
        });
        onWillStart(() => {
            this.load();
        });
    }

    async load() {
        const { session } = this;
        Object.assign(this.state, { isOffline: false, error: null });
        try {
            await session.flush();
            this.state.facts = await session.service.rpc("register_completion", session.uuid);
        } catch (error) {
            this.fail(error);
        }
    }

    fail(error) {
        if (error instanceof CountOfflineError) {
            this.state.isOffline = true;
        } else {
            this.state.error = error.message;
        }
    }

    get title() {
        if (this.state.isZeroOpen) {
            return _t("Count as zero");
        }
        return this.session.isRecount
            ? _t("Complete recount %s", this.session.sheet.round)
            : _t("Complete the count");
    }

    get coverage() {
        const { counted, total } = this.state.facts || this.session.progress;
        return _t("Counted %(counted)s of %(total)s.", {
            counted: formatQty(counted),
            total: formatQty(total),
        });
    }

    /** The lines of the dialog, only those that are true. */
    get lines() {
        const { facts } = this.state;
        return facts
            ? [
                  ...this.sheetLines(facts),
                  ...this.lookAgainLines(facts),
                  ...this.refusedLines,
                  ...this.questionLines,
                  ...this.deviceLines(facts),
              ]
            : [];
    }

    sheetLines(facts) {
        const lines = [];
        if (facts.kept_earlier) {
            const text =
                facts.kept_earlier === 1
                    ? _t("1 keeps its earlier count.")
                    : _t("%s keep their earlier count.", formatQty(facts.kept_earlier));
            lines.push({ key: "kept", text, see: "to_count" });
        }
        if (facts.uncounted) {
            const text = _t("%s not counted.", formatQty(facts.uncounted));
            lines.push({ key: "uncounted", text, see: "to_count" });
        }
        for (const reason of facts.reasons) {
            const see = facts.conflicts || facts.negatives ? "check" : null;
            lines.push({ key: reason, text: reason, see, isBlocking: true });
        }
        if (facts.unknown) {
            lines.push({
                key: "unknown",
                text:
                    facts.unknown === 1
                        ? _t("1 unknown code.")
                        : _t("%s unknown codes.", facts.unknown),
                see: "unknown",
            });
        }
        return lines;
    }

    /** Late entries, and what is without variance but deserves a look: completing accepts it. */
    lookAgainLines({ late, to_accept }) {
        const lines = [];
        if (late) {
            const text = late === 1 ? _t("1 late entry.") : _t("%s late entries.", late);
            lines.push({ key: "late", text, see: "late" });
        }
        if (to_accept?.number) {
            const { number, names } = to_accept;
            lines.push({
                key: "accept",
                text: _t(
                    "Without variance, but to be checked: %(names)s. Completing accepts them.",
                    { names: formatNames(names, number) },
                ),
            });
        }
        return lines;
    }

    get refusedLines() {
        const { refused } = this.session.syncState;
        if (!refused.length) {
            return [];
        }
        const text =
            refused.length === 1
                ? _t("1 count of this device was not accepted.")
                : _t("%s counts of this device were not accepted.", refused.length);
        return [{ key: "refused", text }];
    }

    /** Scans of this device that a person has to answer before they can be sent. */
    get questionLines() {
        const { held } = this.session.syncState;
        if (!held) {
            return [];
        }
        const text =
            held === 1
                ? _t("1 scan of this device is to be answered.")
                : _t("%s scans of this device are to be answered.", held);
        return [{ key: "questions", text, see: "unknown" }];
    }

    /** The other devices: this one has just sent what it could, and says itself what it holds. */
    deviceLines(facts) {
        const own = this.session.service.device.id;
        const devices = facts.devices.filter(({ device }) => device !== own);
        const lines = devices.slice(0, DEVICES_MAX).map((device) => ({
            key: device.device,
            text: this.deviceText(device),
        }));
        const others = devices.length - DEVICES_MAX;
        if (others > 0) {
            const text = _t("%s other devices were not heard of either.", others);
            lines.push({ key: "devices", text });
        }
        return lines;
    }

    deviceText({ name, who, waiting, last_heard_at }) {
        const device = who ? _t("%(device)s (%(who)s)", { device: name, who }) : name;
        const when = formatRelative(last_heard_at);
        if (!waiting) {
            return _t("%(device)s: last heard %(when)s, may hold counts.", { device, when });
        }
        return waiting === 1
            ? _t("%(device)s: 1 count is not sent yet, last heard %(when)s.", { device, when })
            : _t("%(device)s: %(waiting)s counts are not sent yet, last heard %(when)s.", {
                  device,
                  waiting,
                  when,
              });
    }

    /** Lines of this round without a count: never counted, or only in an earlier round. */
    get hasMissingLines() {
        const { facts } = this.state;
        return Boolean(facts?.uncounted || facts?.kept_earlier);
    }

    get isMissing() {
        return this.hasMissingLines || !this.canComplete;
    }

    get canComplete() {
        return Boolean(this.state.facts?.can_complete) && !this.state.isOffline;
    }

    get completeLabel() {
        return this.state.facts?.uncounted
            ? _t("Leave out and complete")
            : actionLabel("complete", this.session.sheet);
    }

    get canCountAsZero() {
        return Boolean(this.state.facts?.zero) && !this.session.isRecount;
    }

    see(filter) {
        if (filter === "late") {
            const sheetUuid = this.session.uuid;
            this.dialog.add(CountLateDialog, { sheetUuid, onChanged: () => this.load() });
            return;
        }
        this.props.onSee(filter);
        this.props.close();
    }

    async complete() {
        const options = this.hasMissingLines ? { leave_out: true } : {};
        await this.run(async () => {
            const { session } = this;
            await session.service.transition(session.uuid, "complete", options);
            this.props.close();
            this.props.onCompleted();
        });
    }

    async countAsZero(number, also) {
        await this.run(async () => {
            const { session } = this;
            const { sheet } = await session.service.rpc(
                "register_count_as_zero",
                session.uuid,
                session.service.personKey,
                number,
                also,
            );
            session.applySheet(sheet);
            this.state.isZeroOpen = false;
            await this.load();
        });
    }

    async run(work) {
        this.state.isBusy = true;
        this.state.error = null;
        try {
            await work();
        } catch (error) {
            this.fail(error);
        }
        this.state.isBusy = false;
    }
}
