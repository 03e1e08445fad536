// Keys as tools wrote them that are not on every machine: Java's keytool (the password is "opened")
// and PuTTY's puttygen ("open1"). Made for these tests, and used for nothing else.

const decode = (...lines: readonly string[]): Buffer => Buffer.from(lines.join(''), 'base64')

/** P-256, alias bot; the key and the certificate with AES, as Java 17 writes it. */
export const JAVA_P12 = decode(
  'MIID2gIBAzCCA4QGCSqGSIb3DQEHAaCCA3UEggNxMIIDbTCCASQGCSqGSIb3DQEHAaCCARUEggERMIIBDTCCAQkG',
  'CyqGSIb3DQEMCgECoIG9MIG6MGYGCSqGSIb3DQEFDTBZMDgGCSqGSIb3DQEFDDArBBSZ6FAXrpOOlqhDo9A+4TTm',
  'kj/FiwICJxACASAwDAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEELavg5TfaR+9tjwKew/uWAIEUMPq1YluROSm',
  'wPsWFKnsDOYeZ2ccrwHq3gV/UPOaSRTxhltFJKbQUbpZTuXeTndKaTEv8eAPE1FibIw465arh1VhB5082++ND7aw',
  '/aSPuukUMTowFQYJKoZIhvcNAQkUMQgeBgBiAG8AdDAhBgkqhkiG9w0BCRUxFAQSVGltZSAxNzk1MjQwMTczOTc3',
  'MIICQQYJKoZIhvcNAQcGoIICMjCCAi4CAQAwggInBgkqhkiG9w0BBwEwZgYJKoZIhvcNAQUNMFkwOAYJKoZIhvcN',
  'AQUMMCsEFMoHWs1PeDzxNb/fb0eCrvINnD7+AgInEAIBIDAMBggqhkiG9w0CCQUAMB0GCWCGSAFlAwQBKgQQqFHL',
  'v49APwPs4IUnERry8oCCAbC3vVW+0BfqaABokz+yKh0bZl3PFJNh2KWmg9CN4dzqHWpZ3CkoizAEg9/TuYQpxj6f',
  'cjiVgvfh0H/oaQfjowI2pDipG6GKnmZNiZsn4hF4K+xrFfcY5QQe/07m8J7N6AeYaTI1xSgSDljoex/0fSlnNilT',
  'YF4jVRYmxH9uhGHeCRpOM1f7NfalpFxQIRWPsJ8ihCDmpW7VA6Pt52NI+j83ldkJP7hSP32dK3GM2d88o1VU8GfL',
  'BGsi4QlfG1GbbhJ8UJDFU55lTclC98gDvvnBIewOLaoKAo6hRpJNp8ixJRe1zi8VfOefj05ArHdCH9CvJokh4elo',
  'Q3ofKQpCQW8fe3mkddJQr9frpCUc60cCYDICZoLsGmt7jBfntCbj7sn3NT6TMhvVfwX4mZlO8a9rBiNFDx1AbuJ+',
  'feWm1V0qVnOjlf+BMSmnai5Dc9HNB1BU94Lq4Gk3Nj8c6eSgVasq0ULdEwk7zMHyagpBWhq8Cnf07Y7bsO95n60g',
  'rYTSMCOQMtHlIpOUj2W3qgQ85BdvRZ0/bubpen5omaiThN9etYxeyx8gzEoxlQZ06llAOk4wTTAxMA0GCWCGSAFl',
  'AwQCAQUABCBYw8YjrenWWkgN8dLA1doK+e0JpB465IAhYdFHNMsN7gQUDSNUBNf3VvomNkWQljSn19aAdtcCAicQ',
)

/** The same with 3DES and 40-bit RC2, as Java 8 wrote it. */
export const OLD_JAVA_P12 = decode(
  'MIIDOgIBAzCCAvMGCSqGSIb3DQEHAaCCAuQEggLgMIIC3DCB2QYJKoZIhvcNAQcBoIHLBIHIMIHFMIHCBgsqhkiG',
  '9w0BDAoBAqB3MHUwKQYKKoZIhvcNAQwBAzAbBBRKomAQNAkUbSn7UNBTgU4YKjm8MQIDAMNQBEj+lA4AZKwDGeJI',
  '5gi+70i5YJdmqGU0kcN8Ti29fztCxsa2SYvdjR6fKFBAQ7p3bDkCvNwfqMSYifJiCseiM0JJxHxB2Zg/zcQxOjAV',
  'BgkqhkiG9w0BCRQxCB4GAGIAbwB0MCEGCSqGSIb3DQEJFTEUBBJUaW1lIDE3OTUyNDAxNzQzNDUwggH8BgkqhkiG',
  '9w0BBwagggHtMIIB6QIBADCCAeIGCSqGSIb3DQEHATApBgoqhkiG9w0BDAEGMBsEFJ6T5pIkLn0mTmySydzJaDOn',
  'd6pKAgMAw1CAggGo7JYk2TnIfj+Wq+MQbPFqWNXOZT7Gd+lyncT3ei9m5CrQv9f0wwAMGP6rTtV/XnqAkpsce4Ga',
  'BmYRikKzZCgSDu7sQ3tqfh8gIqgxoIUOihbF/YIjpptHPseU0P8IrC/84HEED0RUX1TCoGxT2fapFZ+8xChycjtf',
  'yuGfAYvaV0fz8VHJC6B5rkqIhDSonHj/K96JbZtaVyG/C1J9A7BOpNIVT11WYPPwYvmm3N84Zw/lo/BFZDkXYz/J',
  'oEO4dSGEPkst5ug6wl7LY6kBzzHdZOd7+FdMtZaHX7vU2TdlTvj8vijEdRj4H03aLGB8HfRuvb9C/lAlg6Wf6Xw8',
  '057hLKZVvKpe6222ebZp6Owl4QMYoXzpWdL13dZNBRofEZ68vAwCDi+LhYZBFBnAco9XbWf/ZxViJ1NFAcdKiXYZ',
  'um53zB/E46RXPZocdwvxLDKprIgyN3XDQNXbuM5UAWrTI2RwVF4CJNo79GBrxssgXwqyj8d4Uus7TKrYBqWA/fip',
  'KYKICrwpiBZznfbmMnX3iwMlICYzqE0cvINYCKoYJBzde7TML5a/PjA+MCEwCQYFKw4DAhoFAAQUf5WJe3h4+bQ3',
  'r6mLXnfgN+IiDmUEFEtQSqEFSCwlCuIHM5Jg/+Pqz9HyAgMBhqA=',
)

export const JKS = decode(
  '/u3+7QAAAAIAAAABAAAAAQADYm90AAABofynJDoAAAB/MH0wDgYKKwYBBAEqAhEBAQUABGst1fBq5tVE7lvVRVMf',
  'xhO2FHOAlw7UVsxHu60/n8Tv7OMh+l5t81BXt5koIvcrupP1Zz2ehRw4t9YCDVyEUe0sTfHFypr0VQ4Ht44k3KkN',
  'l3YYJfmc8kyFM+jmm6ucl3dmM9FkJYWtb3C9BgAAAAEABVguNTA5AAABODCCATQwgdugAwIBAgIIZw8vAtAiIUYw',
  'CgYIKoZIzj0EAwIwDjEMMAoGA1UEAxMDYm90MCAXDTI2MTEyMTA1NDkzNFoYDzIxMjYxMDI4MDU0OTM0WjAOMQww',
  'CgYDVQQDEwNib3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAR1ob/K9mJzjoCt9O94aJxnvfNtU5sJx7OSOlUV',
  'OwOXr2vSGsXXM4VR7n6kHNLBPogEA8ol1t6MMM5MCHw62T1ZoyEwHzAdBgNVHQ4EFgQU5NqGPCvtWPBMGen5eQG2',
  'g4zbL08wCgYIKoZIzj0EAwIDSAAwRQIhAPsfJP7EzVeUM+d1EHaWiZD/W8PCxJSOh4YQU4vhQJuNAiAIqCk7DxL9',
  'ZprbhSOX6jk6yXswno6U9Kgk3pqndtuJMEHSOP98hBgvofnQzKTsqDMCGD9/',
)

/** P-256. */
export const PPK = `PuTTY-User-Key-File-3: ecdsa-sha2-nistp256
Encryption: none
Comment: c
Public-Lines: 3
AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBEn44nj6UO/X
3p/4gk3SiAjn4WG/Bbus5Z+Xv+WHk/Fo45h13wOsZT6bIFZhfKXN7PqwERCWRrul
alyTcO6d/io=
Private-Lines: 1
AAAAIQDR+M3QEXVs+7CLqsZM99s+fht5ieR4ba9eUqLs8pd3/w==
Private-MAC: 8ba2ca0a0c3302f2866b38c0f2a88d451f1a6817dd3a0155800d23a7a02facc1
`

/** Ed25519, with a passphrase. */
export const LOCKED_PPK = `PuTTY-User-Key-File-3: ssh-ed25519
Encryption: aes256-cbc
Comment: c
Public-Lines: 2
AAAAC3NzaC1lZDI1NTE5AAAAINC2msCK6pk8z1CDmBYcin4xitDvZ11zNTNXWg3o
b1mt
Key-Derivation: Argon2id
Argon2-Memory: 8192
Argon2-Passes: 34
Argon2-Parallelism: 1
Argon2-Salt: b2157947f90d81d7a2558b17122b9f1a
Private-Lines: 1
poStLPaWSncg1TcseWMJWv61UIZwsY7Mlc3wr9J21PhVWrmh5VnHSswr2RXTHbQn
Private-MAC: ee35944ed22269cf424be25672e0d50bfb8d32a4e3aa462bb9a6f2c1adb5b39f
`
