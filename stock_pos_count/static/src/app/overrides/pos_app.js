import { Chrome } from "@point_of_sale/app/pos_app";
import { CountNotices } from "@stock_pos_count/app/components/count_notices/count_notices";
import { SellingBar } from "@stock_pos_count/app/components/selling_bar/selling_bar";
import { patch } from "@web/core/utils/patch";

patch(Chrome, {
    components: { ...Chrome.components, CountNotices, SellingBar },
});
