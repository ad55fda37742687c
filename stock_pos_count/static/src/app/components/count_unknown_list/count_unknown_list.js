import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { CountProductPicker } from "@stock_pos_count/app/components/count_product_picker/count_product_picker";
import { CountTime } from "@stock_pos_count/app/components/count_time/count_time";
import { formatQty } from "@stock_pos_count/app/utils/format";

/**
 * What was scanned and has no line yet: codes nobody knows, each to be given a product,
 * and products that are not on the sheet, each to be added or left.
 */
export class CountUnknownList extends Component {
    static template = "stock_pos_count.CountUnknownList";
    static components = { CountProductPicker, CountTime };
    static props = {
        session: Object,
        /** The code whose product is being chosen, or null. */
        openCode: { type: [String, { value: null }] },
        onOpen: Function,
    };

    setup() {
        this.session = useState(this.props.session);
        this.state = useState({ busyCode: null });
    }

    get codes() {
        const { version, book } = this.session;
        return version >= 0
            ? book.unknown().map((item) => ({
                  ...item,
                  text: _t("scanned × %(times)s, counted %(qty)s", {
                      times: item.times,
                      qty: formatQty(item.qty),
                  }).toString(),
              }))
            : [];
    }

    get questions() {
        const { version, book } = this.session;
        return version >= 0 ? book.questions() : [];
    }

    async assign(code, product) {
        const { session } = this;
        this.state.busyCode = code;
        try {
            await session.assign(code, product.id);
            this.props.onOpen(null);
        } catch (error) {
            session.service.notifyError(error);
        } finally {
            this.state.busyCode = null;
        }
    }

    answer(uuid, isYes) {
        this.session.scanner.answer(uuid, isYes);
    }
}
