#!/bin/sh
# Writes the secrets of compose.yaml into deploy/secrets/, once; what is there stays.
set -eu
cd "$(dirname "$0")"
umask 077
mkdir -p secrets
random() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }
[ -s secrets/database_password ] || random > secrets/database_password
[ -s secrets/metrics_token ] || random > secrets/metrics_token
[ -s secrets/database_url ] || printf 'postgresql://workbench:%s@database/workbench' \
  "$(cat secrets/database_password)" > secrets/database_url
# The company's identity provider, if there is one: docs/deployment.md says what to write into it.
[ -e secrets/identity_provider ] || : > secrets/identity_provider
# Containers read them as other users; the folder itself is for its owner alone.
chmod 0444 secrets/*
echo "The secrets are in deploy/secrets/: keep a copy of them beside your backups."
