import {
    Component,
    onMounted,
    onPatched,
    onWillRender,
    onWillUnmount,
    toRaw,
    useEffect,
    useRef,
    useState,
} from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { CountSkeleton } from "@stock_pos_count/app/components/count_skeleton/count_skeleton";
import {
    useAfterDrawing,
    useTrailingState,
} from "@stock_pos_count/app/services/count_drawing_hook";
import { useFeedback } from "@stock_pos_count/app/services/count_feedback_hook";
import { fitsFilter, scrollTopFor, visibleRows } from "@stock_pos_count/app/utils/count_list";
import { CountLineRow } from "./count_line_row";

const ROW_HEIGHT = 56;
const ROW_HEIGHT_SMALL = 64;
const FLASH_MS = 300;
/** Whoever scrolled within this time is looking for something: the list stays put. */
const SCROLLING_MS = 1500;

/**
 * The lines of the sheet. Only the rows in sight exist, so 20,000 lines scroll like 20.
 * The list is put together when filter, search or order change or lines arrive, and never
 * by a count: a row stays where it is while it is being worked on.
 */
export class CountLineList extends Component {
    static template = "stock_pos_count.CountLineList";
    static components = { CountLineRow, CountSkeleton };
    static props = {
        session: Object,
        isSmall: { type: Boolean, optional: true },
        onSelect: Function,
    };
    static defaultProps = { isSmall: false };

    setup() {
        const afterDrawing = useAfterDrawing(this.props.session.calm);
        this.session = useTrailingState(this.props.session, afterDrawing);
        this.root = useRef("root");
        this.state = useState({
            scrollTop: this.session.view.scrollTop,
            height: 600,
            /** Lines that flash right now; quick scans light up several at a time. */
            flashes: {},
            /** How often a line joined the list because it was counted. */
            included: 0,
        });
        this.flashTimers = new Set();
        this.scrolledAt = 0;
        this.list = { keys: [], signature: null };
        /** The rows that exist, worked out once a drawing. */
        this.rows = null;
        /** Where to scroll to as soon as the rows of that place are there. */
        this.wantedTop = null;
        onWillRender(() => {
            this.rows = this.makeRows();
        });
        onMounted(() => this.onMount());
        onPatched(() => this.scrollToWanted());
        onWillUnmount(() => {
            this.resizeObserver.disconnect();
            this.flashTimers.forEach((timer) => browser.clearTimeout(timer));
        });
        useFeedback(this.props.session, (feedback) =>
            afterDrawing(() => this.onFeedback(feedback)),
        );
        useEffect(
            () => this.onViewChange(),
            () => [this.viewSignature],
        );
    }

    onMount() {
        const { el } = this.root;
        this.resizeObserver = new ResizeObserver(() => {
            this.state.height = el.clientHeight;
        });
        this.resizeObserver.observe(el);
        this.state.height = el.clientHeight;
        el.scrollTop = this.session.view.scrollTop;
        this.state.scrollTop = el.scrollTop;
    }

    get rowHeight() {
        return this.props.isSmall ? ROW_HEIGHT_SMALL : ROW_HEIGHT;
    }

    // --- which lines -----------------------------------------------------------------

    get viewSignature() {
        const { filter, search, sort, refreshed } = this.session.view;
        return [filter, search, sort, refreshed].join("|");
    }

    /** The keys in order; made anew only when they have to be. */
    get keys() {
        const { version, book, view } = this.session;
        const { included } = this.state;
        const signature = `${this.viewSignature}|${version >= 0 ? book.structure : 0}|${included}`;
        if (this.list.signature !== signature || this.list.book !== book) {
            const isSameView = this.list.view === this.viewSignature && this.list.book === book;
            const kept = isSameView ? new Set(this.list.keys) : new Set();
            this.list = {
                signature,
                book,
                view: this.viewSignature,
                keys: book.list({ ...view }, kept),
            };
        }
        return this.list.keys;
    }

    makeRows() {
        const { first, last, before, after } = visibleRows({
            scrollTop: this.state.scrollTop,
            height: this.state.height,
            rowHeight: this.rowHeight,
            total: this.keys.length,
        });
        const lines = this.keys
            .slice(first, last)
            .map((key) => this.session.shown(key))
            .filter(Boolean);
        return { lines, first, before, after };
    }

    /** The row that has the keyboard, for screen readers; only a row that exists can. */
    get activeRowId() {
        const { selectedKey } = this.session;
        const isInSight = this.rows.lines.some(({ key }) => key === selectedKey);
        return isInSight ? `stock-count-line-${selectedKey}` : undefined;
    }

    get isNew() {
        return this.session.sheet?.state === "new";
    }

    get emptyIcon() {
        if (this.isNew) {
            return "fa-list";
        }
        return this.session.view.search ? "fa-search" : "fa-check-circle";
    }

    get emptyText() {
        if (this.isNew) {
            return _t("The products are listed here as soon as the count is started.").toString();
        }
        const { filter, search } = this.session.view;
        if (search) {
            return _t("Nothing found for “%s”", search).toString();
        }
        const texts = {
            to_count: _t("Everything is counted."),
            counted: _t("Nothing is counted yet."),
            check: _t("Nothing to check."),
            all: _t("This sheet has no lines."),
        };
        return (texts[filter] || "").toString();
    }

    flashOf(key) {
        return this.state.flashes[key]?.kind || null;
    }

    flash(key, kind) {
        const flash = { kind };
        this.state.flashes[key] = flash;
        const timer = browser.setTimeout(() => {
            this.flashTimers.delete(timer);
            if (toRaw(this.state.flashes[key]) === flash) {
                delete this.state.flashes[key];
            }
        }, FLASH_MS);
        this.flashTimers.add(timer);
    }

    // --- where -----------------------------------------------------------------------

    onScroll() {
        const { scrollTop } = this.root.el;
        this.state.scrollTop = scrollTop;
        this.session.view.scrollTop = scrollTop;
    }

    onUserScroll() {
        this.scrolledAt = Date.now();
    }

    onViewChange() {
        if (this.seenView && this.seenView !== this.viewSignature) {
            this.root.el.scrollTop = 0;
        }
        this.seenView = this.viewSignature;
    }

    /** Number, flash and place of the row come with one drawing. */
    onFeedback({ key, kind }) {
        if (!key) {
            return;
        }
        this.include(key);
        this.flash(key, kind);
        if (Date.now() - this.scrolledAt > SCROLLING_MS) {
            this.reveal(key);
        }
    }

    /** A line that fits the list only now, because it was counted, joins it. */
    include(key) {
        const { book, view } = this.session;
        const isListed = view.search || this.keys.includes(key);
        if (!isListed && fitsFilter(book.shown(key), view.filter)) {
            this.state.included++;
        }
    }

    /** @param {string} key of a line to bring into sight */
    reveal(key) {
        const index = this.keys.indexOf(key);
        if (index >= 0) {
            const { scrollTop, height } = this.state;
            this.wantedTop = scrollTopFor({ scrollTop, height, rowHeight: this.rowHeight }, index);
            this.state.scrollTop = this.wantedTop;
        }
    }

    scrollToWanted() {
        if (this.wantedTop !== null) {
            this.root.el.scrollTop = this.wantedTop;
            this.wantedTop = null;
        }
    }

    // --- keyboard ---------------------------------------------------------------------

    onKeydown(ev) {
        const step = { ArrowDown: 1, ArrowUp: -1 }[ev.key];
        if (!step || !this.keys.length) {
            return;
        }
        ev.preventDefault();
        const index = this.keys.indexOf(this.session.selectedKey) + step;
        const key = this.keys[Math.min(Math.max(index, 0), this.keys.length - 1)];
        this.props.onSelect(key);
        this.reveal(key);
    }
}
