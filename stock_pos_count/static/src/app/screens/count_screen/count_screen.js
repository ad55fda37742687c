import { Component, onWillUnmount, useEffect, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { _t } from "@web/core/l10n/translation";
import { usePos } from "@point_of_sale/app/hooks/pos_hook";
import { CountHeader } from "@stock_pos_count/app/components/count_header/count_header";
import { CountSkeleton } from "@stock_pos_count/app/components/count_skeleton/count_skeleton";
import { keepPageForOffline } from "@stock_pos_count/app/services/count_page_cache";
import { useStockPosCount } from "@stock_pos_count/app/services/stock_pos_count_hook";
import { CountWorkplace } from "./count_workplace";

/**
 * The counting page: opens the sheet and hands it to the workplace, or says why it cannot.
 * Without a person at the register it goes to the login, which leads back here.
 */
export class StockCountScreen extends Component {
    static template = "stock_pos_count.StockCountScreen";
    static components = { CountHeader, CountSkeleton, CountWorkplace };
    static props = { sheetUuid: String };
    static storeOnOrder = false;

    setup() {
        this.pos = usePos();
        this.count = useStockPosCount();
        this.state = useState({ session: null });
        useEffect(
            (uuid) => {
                this.open(uuid);
                return () => this.count.session(uuid).leave();
            },
            () => [this.props.sheetUuid],
        );
        onWillUnmount(() => {
            this.state.session = null;
        });
    }

    get session() {
        return this.state.session;
    }

    get backLabel() {
        return _t("Back to the list");
    }

    async open(uuid) {
        if (!this.count.person) {
            this.pos.navigate("LoginScreen");
            return;
        }
        const session = this.count.session(uuid);
        this.state.session = session;
        keepPageForOffline();
        await session.open();
        if (session.isCounting) {
            this.count.setRunning({ ...session.sheet, ...session.progress });
        }
    }

    retry() {
        this.open(this.props.sheetUuid);
    }
}

registry.category("pos_pages").add("StockCountScreen", {
    name: "StockCountScreen",
    component: StockCountScreen,
    route: `/pos/ui/${odoo.pos_config_id}/stock-count/{string:sheetUuid}`,
    params: {},
});
