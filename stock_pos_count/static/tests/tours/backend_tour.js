import { registry } from "@web/core/registry";

const FORM = ".o_form_view";

/** A row with all these texts; on a phone lists are cards. */
function row(texts, scope = "") {
    const contains = texts.map((text) => `:contains(${text})`).join("");
    return `${scope} .o_data_row${contains}, ${scope} .o_kanban_record${contains}`;
}

/** From the dashboard of the Point of Sale: by the menu, on a phone by the shop's card. */
function openCountSheets() {
    return [
        {
            isActive: ["desktop"],
            content: "open the menu Count Sheets",
            trigger: "[data-menu-xmlid='stock_pos_count.stock_pos_count_menu']",
            run: "click",
        },
        {
            isActive: ["mobile"],
            content: "open the menu of the shop's card",
            trigger: ".o_kanban_record:contains(Count Shop) .o_dropdown_kanban button",
            run: "click",
        },
        {
            isActive: ["mobile"],
            content: "open Count Sheets",
            trigger: "[name=action_view_stock_counts]",
            run: "click",
        },
    ];
}

function openTab(name) {
    return {
        content: `open the page ${name}`,
        trigger: `${FORM} .nav-link[name=${name}]`,
        run: "click",
    };
}

function lineSays(...texts) {
    return {
        content: `the line of ${texts[0]} says ${texts.slice(1).join(", ")}`,
        trigger: row(texts, `${FORM} [name=line_ids]`),
    };
}

/** Tea is one short and milk two over, rice was not counted: a manager reads that, and voids the sheet. */
registry.category("web_tour.tours").add("stock_pos_count_manager_reads", {
    steps: () =>
        [
            openCountSheets(),
            {
                content: "the sheet is listed with its state, coverage and result",
                trigger: row(["Mismatched", "2 of 3 counted", "▼ 1 short", "▲ 1 over"]),
            },
            {
                content: "open it",
                trigger: ".o_data_row td[name=name], .o_kanban_record",
                run: "click",
            },
            {
                content: "the information page tells who counted",
                trigger: `${FORM} [name=counters]:contains(Count Clerk)`,
            },
            {
                content: "and what was done by whom",
                trigger: row(["Count Clerk", "Complete"], `${FORM} [name=step_ids]`),
            },
            openTab("products"),
            lineSays("Count Tea", "10", "9", "▼−1", "Short"),
            lineSays("Count Milk", "5", "7", "▲+2", "Over"),
            lineSays("Count Rice", "—", "Not counted"),
            {
                isActive: ["mobile"],
                content: "on a phone the buttons are in a menu",
                trigger: `${FORM} .o_statusbar_buttons .dropdown-toggle, ${FORM} .o_statusbar_buttons .o-dropdown`,
                run: "click",
            },
            {
                content: "press Void…",
                trigger: "button:contains(/^Void…$/)",
                run: "click",
            },
            {
                content: "say why",
                trigger: ".modal [name=reason] :is(input, textarea)",
                run: "edit Counted the wrong shelf",
            },
            {
                content: "void it",
                trigger: ".modal button[name=action_void]",
                run: "click",
            },
            {
                content: "the sheet is void",
                trigger: `${FORM} .o_statusbar_status :contains(/^Void$/)`,
            },
            openTab("information"),
            {
                content: "with its reason on record",
                trigger: row(["Count Manager", "wrong shelf"], `${FORM} [name=step_ids]`),
            },
        ].flat(),
});
