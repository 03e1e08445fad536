// The hosts of vets-api, which several services share.

export const VA_ENVIRONMENTS = {
  production: { base_url: 'https://api.va.gov' },
  staging: { base_url: 'https://staging-api.va.gov' },
  dev: { base_url: 'https://dev-api.va.gov' },
  localhost: { base_url: 'http://localhost:3000' },
} as const
