/** Credentials that can be told by their form alone, wherever they stand. */

const forms: readonly RegExp[] = [
  // GitHub, GitLab, npm, PyPI, Docker, Slack, Stripe, Google, Hugging Face, Vault, cloud vendors.
  /\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{40,})/,
  /\bglpat-[A-Za-z0-9_-]{18,}/,
  /\bnpm_[A-Za-z0-9]{30,}/,
  /\bpypi-[A-Za-z0-9_-]{40,}/,
  /\bdckr_pat_[A-Za-z0-9_-]{20,}/,
  /\bxox[abeoprs]-[A-Za-z0-9-]{10,}/,
  /\b(?:sk|rk)_live_[A-Za-z0-9]{16,}/,
  /\bAIza[A-Za-z0-9_-]{35}/,
  /\bya29\.[A-Za-z0-9_-]{20,}/,
  /\bhf_[A-Za-z0-9]{30,}/,
  /\bhv[sbr]\.[A-Za-z0-9_-]{20,}/,
  /\bsk-(?:ant-|proj-)?[A-Za-z0-9_-]{32,}/,
  /\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}/,
  /\bdop_v1_[a-f0-9]{40,}/,
  /\bgl(?:sa|c)_[A-Za-z0-9_=-]{20,}/,
  /\bdapi[a-f0-9]{32}\b/,
  /\bATATT3x[A-Za-z0-9_=-]{20,}/,
  /\bAGE-SECRET-KEY-1[A-Z0-9]{20,}/,
  /(?:\b|bot)\d{8,10}:AA[A-Za-z0-9_-]{33}\b/,
  // A signed JSON web token; all three parts.
  /\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{16,}/,
  // Keys inside addresses: robots of chat services, shared access signatures.
  /hooks\.slack\.com\/services\/T[A-Z0-9]{6,}\/B[A-Z0-9]{6,}\/[A-Za-z0-9]{16,}/,
  /oapi\.dingtalk\.com\/robot\/send\?access_token=[a-f0-9]{40,}/,
  /qyapi\.weixin\.qq\.com\/cgi-bin\/webhook\/send\?key=[0-9a-f-]{30,}/,
  /open\.(?:feishu|larksuite)\.(?:cn|com)\/open-apis\/bot\/v2\/hook\/[0-9a-f-]{30,}/,
  /[?&]sig=[A-Za-z0-9%+/]{30,}/,
  /\bAccountKey=[A-Za-z0-9+/]{40,}/,
];

const accessKeyIds =
  /\b(?:A(?:KIA|SIA)[A-Z0-9]{16}|LTAI[A-Za-z0-9]{12,24}|AKID[A-Za-z0-9]{28,36})\b/;

/** Whether a line holds a credential of a known form. */
export function hasKnownForm(line: string): boolean {
  return forms.some((form) => {
    const found = form.exec(line)?.[0];
    return found !== undefined && !/example|x{6,}|0{8,}|your/i.test(found);
  });
}

/** Whether a text holds the id of an access key; alone it is no credential. */
export function hasAccessKeyId(text: string): boolean {
  return accessKeyIds.test(text);
}

/**
 * Whether a text holds the id of an access key together with what may be its secret. The id alone is
 * no credential.
 */
export function hasAccessKeyPair(line: string): boolean {
  const id = accessKeyIds.exec(line)?.[0];
  if (id === undefined || /example/i.test(id)) return false;
  const others = line.replace(id, " ").match(/[A-Za-z0-9+/]{28,}/g) ?? [];
  return others.some(
    (word) => /[a-z]/.test(word) && /[A-Z]/.test(word) && /\d/.test(word) && !/example/i.test(word),
  );
}
