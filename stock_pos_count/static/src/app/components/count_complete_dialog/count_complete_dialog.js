import { Component, onWillStart, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";
import { formatRelative } from "@stock_pos_count/app/utils/format";
import { CountOfflineError } from "@stock_pos_count/app/services/count_errors";

/**
 * Completing a count: what is true about it and nothing else, and the buttons that fit.
 * If something is missing, going on counting is the primary one.
 */
export class CountCompleteDialog extends Component {
    static template = "stock_pos_count.CountCompleteDialog";
    static components = { Dialog };
    static props = {
        session: Object,
        /** Opens the list on a chip: `to_count`, `unknown` or `check`. */
        onSee: Function,
        onCompleted: Function,
        close: Function,
    };

    setup() {
        this.session = useState(this.props.session);
        this.state = useState({
            facts: null,
            isOffline: false,
            error: null,
            isBusy: false,
            isZeroOpen: false,
            zeroNumber: "",
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
        return this.session.isRecount
            ? _t("Complete recount %s", this.session.sheet.round)
            : _t("Complete the count");
    }

    get coverage() {
        const { counted, total } = this.state.facts || this.session.progress;
        return _t("Counted %(counted)s of %(total)s.", { counted, total });
    }

    /** The lines of the dialog, only those that are true. */
    get lines() {
        const { facts } = this.state;
        const lines = [];
        if (!facts) {
            return lines;
        }
        if (facts.uncounted && this.session.isRecount) {
            const text = _t("%s keep their earlier count.", facts.uncounted);
            lines.push({ key: "kept", text, see: "to_count" });
        } else if (facts.uncounted) {
            const text = _t("%s not counted.", facts.uncounted);
            lines.push({ key: "uncounted", text, see: "to_count" });
        }
        if (facts.conflicts) {
            const text = _t("%s with two different counts.", facts.conflicts);
            lines.push({ key: "conflicts", text, see: "check", isBlocking: true });
        }
        if (facts.negatives) {
            const text = _t("%s below zero.", facts.negatives);
            lines.push({ key: "negatives", text, see: "check", isBlocking: true });
        }
        if (facts.unknown) {
            lines.push({
                key: "unknown",
                text: _t("%s unknown codes.", facts.unknown),
                see: "unknown",
            });
        }
        const { refused } = this.session.syncState;
        if (refused.length) {
            const text = _t("%s counts of this device were not accepted.", refused.length);
            lines.push({ key: "refused", text });
        }
        for (const device of facts.devices) {
            lines.push({ key: device.name + device.last_heard_at, text: this.deviceText(device) });
        }
        return lines;
    }

    deviceText({ name, who, waiting, last_heard_at }) {
        const device = who ? _t("%(device)s (%(who)s)", { device: name, who }) : name;
        const when = formatRelative(last_heard_at);
        return waiting
            ? _t("%(device)s: %(waiting)s counts are not sent yet, last heard %(when)s.", {
                  device,
                  waiting,
                  when,
              })
            : _t("%(device)s: last heard %(when)s, may hold counts.", { device, when });
    }

    /** What the server forbids, in its own words, unless a line above says it already. */
    get reasons() {
        const { facts } = this.state;
        return facts && !facts.can_complete ? facts.reasons : [];
    }

    get isMissing() {
        return Boolean(this.state.facts?.uncounted) || !this.canComplete;
    }

    get canComplete() {
        return Boolean(this.state.facts?.can_complete) && !this.state.isOffline;
    }

    get completeLabel() {
        return this.state.facts?.uncounted && !this.session.isRecount
            ? _t("Leave out and complete")
            : _t("Complete");
    }

    get canCountAsZero() {
        return Boolean(this.state.facts?.count_as_zero_all) && !this.session.isRecount;
    }

    get zeroHint() {
        return _t(
            "%s products will be counted as zero. Type this number to confirm.",
            this.state.facts.uncounted
        );
    }

    get isZeroConfirmed() {
        return Number(this.state.zeroNumber) === this.state.facts.uncounted;
    }

    see(filter) {
        this.props.onSee(filter);
        this.props.close();
    }

    async complete() {
        const options = this.state.facts.uncounted ? { leave_out: true } : {};
        await this.run(async () => {
            const { session } = this;
            await session.service.transition(session.uuid, "complete", options);
            this.props.close();
            this.props.onCompleted();
        });
    }

    async countAsZero() {
        await this.run(async () => {
            const { session } = this;
            const { sheet } = await session.service.rpc(
                "register_count_as_zero",
                session.uuid,
                session.service.personKey,
                Number(this.state.zeroNumber)
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
