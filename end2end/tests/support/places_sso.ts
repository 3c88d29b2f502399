// The pages of single sign-on of an organization that has none yet. What they show once there is an identity provider is in
// sso_settings.spec.ts.

import { expect } from '@playwright/test';
import type { Place, Town } from './places.ts';
import { SSO } from './sso.ts';

const admin = (town: Town) => town.admin;

export const SSO_PLACES: readonly Place[] = [
    { name: 'single sign-on', as: admin, address: () => SSO },
    { name: 'single sign-on, not allowed', as: (town) => town.guest, address: () => SSO, status: 403 },
    { name: 'single sign-on, by metadata', as: admin, address: () => `${SSO}?tab=metadata` },
    {
        name: 'single sign-on, refused',
        as: admin,
        address: () => `${SSO}?tab=manual`,
        act: async (page) => {
            await page.getByText('Advanced', { exact: true }).click();
            await page.getByLabel('Domains').fill('example');
            await page.getByRole('button', { name: 'Preview', exact: true }).click();
            await expect(page.getByRole('alert')).toBeVisible();
        },
    },
    { name: 'test sign-in, none', as: admin, address: () => `${SSO}/tests/nothing`, status: 404 },
];
