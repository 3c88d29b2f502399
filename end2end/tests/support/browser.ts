// Which Chromium runs the tests, and on what screens.

import { existsSync } from 'node:fs';
import { devices, type BrowserContextOptions, type LaunchOptions } from '@playwright/test';

/** The one that `bin/setup` found, the system's, or else Playwright's own. */
function chromium(): string | undefined {
    return process.env['USHER_CHROMIUM'] || ['/usr/bin/chromium'].find(existsSync);
}

const executablePath = chromium();

export const launchOptions: LaunchOptions = {
    ...(executablePath ? { executablePath } : {}),
    args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
    ],
};

export const desktop: BrowserContextOptions = { viewport: { width: 1280, height: 800 } };

export const phone: BrowserContextOptions = {
    viewport: { width: 360, height: 740 },
    userAgent: devices['Pixel 7'].userAgent,
    deviceScaleFactor: 2,
    hasTouch: true,
    isMobile: true,
};
