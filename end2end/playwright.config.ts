import { defineConfig } from '@playwright/test';
import { desktop, launchOptions, phone } from './tests/support/browser.ts';

export default defineConfig({
    testDir: 'tests',
    // A build for development takes its time to hydrate on a busy machine.
    timeout: 60_000,
    expect: { timeout: 10_000 },
    workers: 2,
    retries: 0,
    forbidOnly: true,
    fullyParallel: false,
    outputDir: 'test-results',
    reporter: [['list'], ['json', { outputFile: 'test-results/report.json' }]],
    use: {
        launchOptions,
        locale: 'en-GB',
        timezoneId: 'Europe/Berlin',
        screenshot: 'only-on-failure',
        trace: process.env['USHER_TRACE'] ? 'retain-on-failure' : 'off',
    },
    projects: [
        { name: 'desktop', use: desktop },
        // The page of components sets its widths itself; to those who mean harm a phone is like any other.
        { name: 'phone', use: phone, testIgnore: ['design.spec.ts', 'security.spec.ts'] },
        {
            name: 'without scripts',
            use: { ...desktop, javaScriptEnabled: false },
            // These look from inside the page, or at what only scripts do.
            testIgnore: ['accessibility', 'arrival', 'comfort', 'design', 'first_frame', 'parts', 'security'].map((name) => `${name}.spec.ts`),
        },
    ],
});
