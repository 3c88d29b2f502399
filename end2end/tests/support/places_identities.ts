// The places of signing in with Google, GitHub and single sign-on that need no provider. What they show beside is in
// social.spec.ts and saml.spec.ts.

import type { Place } from './places.ts';

export const IDENTITY_PLACES: readonly Place[] = [
    { name: 'sign-in, which organization', address: () => '/sign-in/sso' },
    { name: 'sign-in, no such organization', address: () => '/sign-in/sso?org_id=xyz' },
    {
        name: 'sign-in, what went wrong',
        address: () => '/sign-in/problem?problem=missing-attributes&missing=first_name&reference=0192f3a4',
        status: 403,
    },
    { name: 'link an account, over', address: () => '/accounts/link', status: 410 },
    { name: 'leaving for a provider, over', address: () => '/accounts/leaving', status: 410 },
    { name: 'invitation, another address', address: (town) => `${town.openLink}?problem=address-differs&reference=0192f3a4` },
];
