// Pictures of the console for the documentation and for reviewing: `bin/screenshots`.

import { defineConfig } from '@playwright/test';
import { launchOptions } from './tests/support/browser.ts';

export default defineConfig({
    testDir: 'screenshots',
    testMatch: '*.ts',
    timeout: 300_000,
    expect: { timeout: 15_000 },
    workers: 1,
    forbidOnly: true,
    outputDir: 'test-results/screenshots',
    reporter: 'list',
    use: { launchOptions, locale: 'en-GB', timezoneId: 'Europe/Berlin' },
});
