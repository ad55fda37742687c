import { Component } from "@odoo/owl";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { _t } from "@web/core/l10n/translation";
import { formatNames, withSign } from "@stock_pos_count/app/utils/format";
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

    /** Own device first, then the one heard of last. */
    get people() {
        const people = this.props.people.map((person) => ({
            ...person,
            initial: (person.who || person.name || "?").trim().charAt(0).toUpperCase(),
            isMine: person.device === this.props.deviceId,
            waitingText: person.waiting ? _t("%s waiting", person.waiting).toString() : "",
        }));
        return people.sort((a, b) => b.isMine - a.isMine || (b.last_at || 0) - (a.last_at || 0));
    }

    /** One initial a person, however many devices they hold. */
    get persons() {
        return this.people.filter(
            ({ who }, index, people) => people.findIndex((other) => other.who === who) === index,
        );
    }

    get first() {
        return this.persons.slice(0, SHOWN_MAX);
    }

    get othersText() {
        const others = this.persons.length - SHOWN_MAX;
        return others > 0 ? withSign("+", others) : "";
    }

    get label() {
        const names = [...new Set(this.people.map(({ who }) => who).filter(Boolean))];
        return _t("Counting here: %s", formatNames(names)).toString();
    }
}
