import { lightenColor } from "@web/core/colors/colors";
import { registry } from "@web/core/registry";
import { GraphRenderer } from "@web/views/graph/graph_renderer";
import { graphView } from "@web/views/graph/graph_view";

/** Red for short and green for over, as everywhere; Odoo's own palette may turn them round. */
const COLORS = { short: "#CE4257", over: "#00A78D" };
/** Bars of one result that differ in something else (a shop, a person) get lighter one by one. */
const SHADES = [0, 0.25, 0.5, 0.7];

/** Returns the result that all bars of a dataset have; the first of its groups differs from bar to bar. */
function getResult({ identifiers }) {
    const [first] = identifiers ?? [];
    const [, ...groups] = first ? JSON.parse(first) : [];
    return Object.assign({}, ...groups).result;
}

/** The analysis as bars: each result in its own colour. */
export class CountGraphRenderer extends GraphRenderer {
    getBarChartData() {
        const data = super.getBarChartData();
        const drawn = { short: 0, over: 0 };
        for (const dataset of data.datasets) {
            const result = getResult(dataset);
            if (result in COLORS) {
                const shade = SHADES[drawn[result]++ % SHADES.length];
                dataset.backgroundColor = lightenColor(COLORS[result], shade);
            }
        }
        return data;
    }
}

registry.category("views").add("stock_pos_count_graph", {
    ...graphView,
    Renderer: CountGraphRenderer,
});
