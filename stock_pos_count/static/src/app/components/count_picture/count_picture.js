import { Component, onWillUpdateProps, useState } from "@odoo/owl";

/** A product's picture, or its first letter when there is none or it cannot be loaded. */
export class CountPicture extends Component {
    static template = "stock_pos_count.CountPicture";
    static props = {
        src: { type: [String, { value: null }], optional: true },
        name: String,
        /** Edge in pixels. */
        size: Number,
    };
    static defaultProps = { src: null };

    setup() {
        this.state = useState({ isBroken: false });
        onWillUpdateProps(({ src }) => {
            if (src !== this.props.src) {
                this.state.isBroken = false;
            }
        });
    }

    get letter() {
        return this.props.name.trim().charAt(0).toUpperCase();
    }

    onError() {
        this.state.isBroken = true;
    }
}
