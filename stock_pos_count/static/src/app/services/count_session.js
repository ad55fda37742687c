import { Reactive } from "@web/core/utils/reactive";

/** One count sheet as this device holds it. */
export class CountSession extends Reactive {
    constructor(service, uuid) {
        super();
        this.service = service;
        this.uuid = uuid;
    }

    async flush() {}

    applySheet() {}
}
