// The pages and dialogs of two-factor authentication, for what is tested over all pages.

import { expect, type Page } from '@playwright/test';
import { control, dialog, signIn } from './page.ts';
import type { Place, Town } from './places.ts';

const admin = (town: Town) => town.admin;
const guest = (town: Town) => town.guest;
const careful = (town: Town) => town.careful;
const settings = (name: string) => () => `/account/settings?dialog=${name}`;

/** Signs somebody in as far as the code. */
function knowingThePassword(next: (page: Page) => Promise<void> = async () => undefined) {
    return async (page: Page, town: Town) => {
        await signIn(page, town.careful.email, town.careful.password);
        await expect(page.getByRole('heading', { name: 'Enter your code' })).toBeVisible();
        await next(page);
    };
}

export const TWO_FACTOR_PLACES: readonly Place[] = [
    { name: 'code', address: () => '/sign-in', act: knowingThePassword() },
    {
        name: 'lost device',
        address: () => '/sign-in',
        act: knowingThePassword(async (page) => {
            await page.getByRole('link', { name: 'Lost your device?' }).click();
            await expect(page.getByRole('heading', { name: 'Lost your device?' })).toBeVisible();
        }),
    },
    { name: 'code, no sign-in', address: () => '/sign-in/code', status: 410 },
    { name: 'settings with two-factor', as: careful, address: () => '/account/settings' },
    { name: 'two-factor, password', as: guest, address: settings('two-factor') },
    {
        // In a session of its own: the password gives it another token.
        name: 'two-factor, QR code',
        address: () => '/sign-in?next=/account/settings?dialog=two-factor',
        act: async (page, town) => {
            await signIn(page, town.guest.email, town.guest.password);
            await dialog(page).getByLabel('Your password', { exact: true }).fill(town.guest.password);
            await control(dialog(page), 'Continue').click();
            await expect(dialog(page).getByRole('img', { name: 'QR code' })).toBeVisible();
        },
    },
    { name: 'two-factor, not begun', as: guest, address: settings('authenticator') },
    { name: 'recovery codes, shown before', as: careful, address: settings('recovery-codes') },
    { name: 'two-factor off', as: careful, address: settings('two-factor-off') },
    { name: 'new recovery codes', as: careful, address: settings('new-codes') },
    { name: 'person with two-factor', as: admin, address: (town) => `/organization/users/${town.carefulId}` },
    {
        name: 'two-factor reset',
        as: admin,
        address: (town) => `/organization/users/${town.carefulId}?dialog=reset-two-factor`,
    },
    { name: 'demand', as: admin, address: () => '/organization/iam/two-factor' },
];
