import { expect, test } from "@odoo/hoot";
import { mountWithCleanup } from "@web/../tests/web_test_helpers";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";
import { CountPeople } from "@stock_pos_count/app/components/count_people/count_people";
import { setupCountEnv } from "../register_utils";

definePosModels();

test("initials are drawn and no text: what is said are the names", async () => {
    await setupCountEnv();
    const people = ["Amy", "Ben", "Mia"].map((who) => ({ who, name: "Phone", device: who }));
    await mountWithCleanup(CountPeople, { props: { people, deviceId: "Ben" } });
    expect(".stock-count-people").toHaveText("");
    expect(".stock-count-people").toHaveAttribute("aria-label", "Counting here: Ben, Amy, and Mia");
    expect(".stock-count-people-initial:first").toHaveAttribute("data-initial", "B");
    expect(".stock-count-people-others").toHaveAttribute("data-others", "+1");
});
