import { Component, useRef, useState } from "@odoo/owl";
import { CountNumpad } from "@stock_pos_count/app/components/count_numpad/count_numpad";
import { formatQty } from "@stock_pos_count/app/utils/format";

/** Pulled down further than this, the sheet closes; less, and it springs back. */
const CLOSE_PX_MIN = 80;

/**
 * The numpad of a phone: comes from below for one line and closes on OK, on ✕ and on a
 * swipe down, never by a scan.
 */
export class CountLineSheet extends Component {
    static template = "stock_pos_count.CountLineSheet";
    static components = { CountNumpad };
    static props = {
        line: Object,
        typed: String,
        question: { type: [Object, { value: null }] },
        actions: Array,
        onKey: Function,
        onClose: Function,
    };

    setup() {
        this.root = useRef("root");
        this.state = useState({ pulled: 0 });
        this.startY = null;
    }

    get number() {
        return this.props.typed || formatQty(this.props.line.counted);
    }

    onTouchstart(ev) {
        this.startY = ev.touches[0].clientY;
    }

    onTouchmove(ev) {
        this.state.pulled = Math.max(0, ev.touches[0].clientY - this.startY);
    }

    onTouchend() {
        if (this.state.pulled > CLOSE_PX_MIN) {
            this.props.onClose();
        }
        this.state.pulled = 0;
    }
}
