// What a trial says: a line each, in the manner of bin/check-operation, and the counts at the end.

const counts = { passed: 0, failed: 0, leftOut: 0 };

export function title(text) {
    console.log(`\n== ${text}`);
}

export function ok(what) {
    counts.passed += 1;
    console.log(`  ok       ${what}`);
}

export function fault(what, details) {
    counts.failed += 1;
    console.log(`  FAILED   ${what}`);
    for (const line of String(details).trim().split('\n').slice(0, 20)) console.log(`           | ${line}`);
}

export function leftOut(what) {
    counts.leftOut += 1;
    console.log(`  left out ${what}`);
}

/** A figure that is told and not judged. */
export function note(what) {
    console.log(`           ${what}`);
}

/** Tries something; what it throws is the fault. Returns what it returns. */
export async function check(what, act) {
    try {
        const result = await act();
        ok(what);
        return result;
    } catch (error) {
        fault(what, error.message ?? error);
        return undefined;
    }
}

/** The same for what all that follows needs. */
export async function need(what, act) {
    const result = await act().catch((error) => {
        fault(what, error.stack ?? error);
        throw new GivenUp();
    });
    ok(what);
    return result;
}

export class GivenUp extends Error {}

export function equal(found, wanted, what = 'it') {
    const [is, should] = [found, wanted].map((value) => JSON.stringify(value));
    if (is !== should) throw new Error(`${what} is ${is} and not ${should}`);
}

/** Prints the counts. Returns whether nothing failed. */
export function close() {
    console.log(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.leftOut} left out`);
    return counts.failed === 0 && counts.passed > 0;
}
