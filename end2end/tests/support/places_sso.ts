// The pages of single sign-on, for what is tested over all pages: of an organization that has a draft and a test sign-in that
// failed. What else they show is in sso_settings.spec.ts.

import { expect } from '@playwright/test';
import { readFileSync } from 'node:fs';
import type { People } from './people.ts';
import type { Place, Town } from './places.ts';
import { SSO } from './sso.ts';

/** Of an identity provider that nobody reaches. */
const CERTIFICATE = readFileSync(new URL('../../../app/backend/src/saml/tests/keys/made.crt', import.meta.url), 'utf8');

const admin = (town: Town) => town.admin;

/** Prepares single sign-on, and tests it with an answer that is none; the id of the test. */
export async function buildSso(people: People, usher: string): Promise<string> {
    await people.act('/api/sso/configure_by_hand', [
        ['sso_url', 'https://idp.example.test/sso'],
        ['entity_id', 'https://idp.example.test/metadata'],
        ['certificate', CERTIFICATE],
        ['creates_accounts', 'true'],
        ['domains', 'example.test'],
    ]);
    const { org_id } = (await people.act('/api/account/settings', [])) as { org_id: string };
    const { location, cookie } = await people.leave(`/accounts/saml/${org_id}/login?test=draft`);
    const answer = await fetch(`${usher}/accounts/saml/${org_id}/acs`, {
        method: 'POST',
        redirect: 'manual',
        headers: { cookie },
        body: new URLSearchParams({
            SAMLResponse: btoa('<nothing/>'),
            RelayState: new URL(location).searchParams.get('RelayState') ?? '',
        }),
    });
    return answer.headers.get('location')?.split('/').at(-1) ?? '';
}

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
    { name: 'single sign-on, discarding', as: admin, address: () => `${SSO}?dialog=discard` },
    {
        name: 'test sign-in',
        as: admin,
        address: (town) => `${SSO}/tests/${town.ssoTest}`,
        act: async (page) => {
            await page.getByText('Show the decoded response').click();
            await expect(page.locator('pre')).toBeVisible();
        },
    },
];
