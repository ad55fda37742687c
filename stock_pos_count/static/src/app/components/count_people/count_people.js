import { Component } from "@odoo/owl";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { _t } from "@web/core/l10n/translation";
import { CountTime } from "@stock_pos_count/app/components/count_time/count_time";

const SHOWN_MAX = 2;

/** Who counts on this sheet: initials, and on tap the devices and when each was heard. */
export class CountPeople extends Component {
    static template = "stock_pos_count.CountPeople";
    static components = { CountTime, Dropdown };
    static props = {
        people: Array,
        deviceId: String,
    };

    get people() {
        return this.props.people.map((person) => ({
            ...person,
            initial: (person.who || person.name || "?").trim().charAt(0).toUpperCase(),
            isMine: person.device === this.props.deviceId,
            waitingText: person.waiting ? _t("%s waiting", person.waiting).toString() : "",
        }));
    }

    get first() {
        return this.people.slice(0, SHOWN_MAX);
    }

    get othersText() {
        const others = this.people.length - SHOWN_MAX;
        return others > 0 ? `+${others}` : "";
    }

    get label() {
        const names = [...new Set(this.people.map(({ who }) => who).filter(Boolean))];
        return _t("Counting here: %s", names.join(", ")).toString();
    }
}
