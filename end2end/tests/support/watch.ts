// What a page does while it comes to be, watched from inside: it runs before anything of the page's own.

import type { Page } from '@playwright/test';

declare global {
    interface Window {
        complaints: string[];
        shifts: string[];
    }
}

function watch(): void {
    window.complaints = [];
    window.shifts = [];
    document.addEventListener('securitypolicyviolation', (event) => {
        window.complaints.push(`policy ${event.effectiveDirective} blocked ${event.blockedURI} at ${event.sourceFile}`);
    });
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries() as (PerformanceEntry & { value: number; sources?: { node?: Node }[] })[]) {
            const moved = (entry.sources ?? []).map(({ node }) => (node instanceof Element ? node.outerHTML.slice(0, 120) : ''));
            window.shifts.push(`${entry.value} at ${Math.round(entry.startTime)} ms: ${moved.join(' | ')}`);
        }
    }).observe({ type: 'layout-shift', buffered: true });
}

/** Begins to watch, for all that is opened from now on. */
export async function watchFromInside(page: Page): Promise<void> {
    await page.addInitScript(watch);
}

/** What broke the policy, and what moved. */
export async function seenFromInside(page: Page): Promise<string[]> {
    // Layout shifts are told after the frame in which they happened.
    await page.evaluate(
        () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve, 0)))),
    );
    return page.evaluate(() => [...window.complaints, ...window.shifts.map((shift) => `moved: ${shift}`)]);
}

/** Opens a page, which is answered with this status, and says what was wrong while scripts took it over. */
export async function complaints(page: Page, status: number, open: () => Promise<unknown>): Promise<string[]> {
    const heard: string[] = [];
    page.on('console', (message) => {
        // Chromium itself notes that the page was answered with 403 or 404, which is what the test asked for.
        const isTheStatus = message.text().includes(`status of ${status}`) && status >= 400;
        if (['error', 'warning', 'assert'].includes(message.type()) && !isTheStatus) {
            heard.push(`console ${message.type()}: ${message.text()} (${message.location().url})`);
        }
    });
    page.on('pageerror', (error) => heard.push(`uncaught: ${error.message}`));
    page.on('requestfailed', (request) => heard.push(`failed: ${request.url()} ${request.failure()?.errorText}`));
    await watchFromInside(page);
    await open();
    const seen = await seenFromInside(page);
    return [...heard, ...seen];
}
