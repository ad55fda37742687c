import { Component } from "@odoo/owl";
import { Numpad, BACKSPACE, DECIMAL } from "@point_of_sale/app/components/numpad/numpad";

/**
 * The number keys, and beside them what to do with the number: the first action is the
 * primary one (Enter), the second the other choice.
 */
export class CountNumpad extends Component {
    static template = "stock_pos_count.CountNumpad";
    static components = { Numpad };
    static props = {
        onKey: Function,
        actions: {
            type: Array,
            element: {
                type: Object,
                shape: {
                    name: String,
                    label: String,
                    isDisabled: Boolean,
                    run: Function,
                },
            },
        },
    };

    /** Seven on top, as on a keyboard and on every till. */
    get buttons() {
        const digits = ["7", "8", "9", "4", "5", "6", "1", "2", "3", "0"];
        return [
            ...digits.map((value) => ({ value })),
            { value: DECIMAL.value, class: DECIMAL.class },
            BACKSPACE,
        ];
    }
}
