// The page and dialogs of provisioning, for what is tested over all pages.

import { dialog } from './page.ts';
import type { Place, Town } from './places.ts';
import { addScimToken, SCIM } from './scim.ts';

const admin = (town: Town) => town.admin;
const guest = (town: Town) => town.guest;
const reader = (town: Town) => town.tokens.reader;

let names = 0;

export const SCIM_PLACES: readonly Place[] = [
    { name: 'provisioning', as: admin, address: () => SCIM },
    { name: 'provisioning, as somebody who only looks', as: reader, address: () => SCIM },
    { name: 'provisioning, adding', as: admin, address: () => `${SCIM}?dialog=add` },
    {
        name: 'provisioning, a token without a name',
        as: admin,
        address: () => `${SCIM}?dialog=add`,
        act: async (page) => {
            await dialog(page).getByLabel('Name', { exact: true }).fill('\u200b');
            await dialog(page).getByRole('button', { name: 'Add', exact: true }).click();
            await dialog(page).getByRole('alert').waitFor();
        },
    },
    {
        name: 'provisioning, the token',
        as: admin,
        address: () => SCIM,
        act: async (page) => {
            names += 1;
            await addScimToken(page, `Provider ${names} of ${process.pid}`);
        },
    },
    { name: 'provisioning, the token shown before', as: admin, address: () => `${SCIM}?dialog=secret` },
    { name: 'provisioning, deleting', as: admin, address: (town) => `${SCIM}?dialog=delete&id=${town.scimToken}` },
    { name: 'provisioning, deleted before', as: admin, address: () => `${SCIM}?dialog=delete&id=nothing` },
    { name: 'provisioning, not allowed', as: guest, address: () => SCIM, status: 403 },
];
