/**
 * The three sounds of counting, made on the spot: no file to load, no delay.
 * Each tone: frequency in Hz, start and length in seconds, wave form, loudness.
 */
const SOUNDS = {
    taken: [[1800, 0, 0.035, "square", 0.08]],
    unknown: [
        [330, 0, 0.14, "sine", 0.3],
        [220, 0.17, 0.2, "sine", 0.3],
    ],
    refused: [[110, 0, 0.45, "sawtooth", 0.25]],
};

/**
 * Plays sounds as soon as the browser lets it: after the first touch or key, whatever page
 * that was on. A device without sound counts all the same.
 */
export class CountSound {
    constructor(AudioContextClass = window.AudioContext) {
        this.AudioContextClass = AudioContextClass;
        this.context = null;
    }

    /**
     * Makes the sound ready, and wakes it when the browser or the phone has put it to
     * sleep. Has to be called from a touch or key event to have an effect; costs nothing
     * when there is nothing to do.
     */
    async unlock() {
        try {
            if (!this.context && this.AudioContextClass && this.isAllowed) {
                this.context = new this.AudioContextClass();
            }
            if (this.context && this.context.state !== "running") {
                await this.context.resume();
            }
        } catch {
            // No sound device, or none to be had now: the next touch tries again.
        }
    }

    /** A context made before the first gesture starts asleep, with a warning in the log. */
    get isAllowed() {
        return navigator.userActivation?.hasBeenActive ?? true;
    }

    /** @param {"taken"|"unknown"|"refused"} name */
    play(name) {
        if (this.context?.state !== "running") {
            return;
        }
        for (const tone of SOUNDS[name] || []) {
            this.playTone(tone);
        }
    }

    playTone([frequency, start, length, type, volume]) {
        const { context } = this;
        const oscillator = context.createOscillator();
        const gain = context.createGain();
        const from = context.currentTime + start;
        oscillator.type = type;
        oscillator.frequency.value = frequency;
        gain.gain.setValueAtTime(volume, from);
        gain.gain.exponentialRampToValueAtTime(0.001, from + length);
        oscillator.connect(gain).connect(context.destination);
        oscillator.start(from);
        oscillator.stop(from + length);
    }

    /** Gives the device's sound back: browsers allow a page only a few at a time. */
    close() {
        this.context?.close();
        this.context = null;
    }
}
