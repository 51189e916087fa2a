/** Commands that take a credential at a place of their own. */
import { isCredential, literalAt } from "./literal.js";

const mysql = String.raw`\b(?:mysql|mysqldump|mysqladmin|mysqlimport|mysqlcheck|mariadb(?:-\w+)?|xtrabackup|innobackupex)(?:\.exe)?\b[^|;]*?`;

/** Each ends where the credential begins. */
const places: readonly RegExp[] = [
  new RegExp(String.raw`${mysql}\s-p(?=[^\s])`, "gi"),
  /\bsshpass\s+(?:-\w\s+)*-p\s*/gi,
  /\bredis-cli\b[^|;]*?\s-a\s+/gi,
  /\bredis-cli\b[^|;]*?\sauth\s+(?:\S+\s+)?(?=\S+\s*(?:$|[|;]))/gi,
  /\bldap(?:search|add|modify|delete|passwd|whoami|modrdn|compare)\b[^|;]*?\s-[ws]\s*(?=[^\s-])/g,
  /\b(?:sqlcmd|bcp|osql|isql|tsql)(?:\.exe)?\b[^|;]*?\s-P\s*/g,
  /\b(?:mongo|mongosh|mongodump|mongorestore|mongoexport)\b[^|;]*?\s-p\s+/g,
  /\b(?:docker|podman|nerdctl|oc|az|helm registry|cf|ibmcloud|skopeo|buildah)\s+login\b[^|;]*?\s-p\s*/g,
  /\b(?:psexec|rdesktop|wfreerdp|winexe)\b[^|;]*?\s-p\s+/gi,
  /\b(?:plink|pscp|psftp|kitty)\b[^|;]*?\s-pw\s+/gi,
  /\bxfreerdp\b[^|;]*?\s\/p:/gi,
  /\b(?:zip|ipmitool|unzip)\b[^|;]*?\s-P\s*/g,
  /\b(?:7z|7za|7zz|rar|unrar)\b[^|;]*?\s-h?p(?=[^\s-])/g,
  /\b(?:-pass(?:in|out)?|-passwd)\s+["']?pass:/g,
  /\bopenssl\s+enc\b[^|;]*?\s-k\s+/g,
  /\bopenssl\s+passwd\s+(?:-(?!stdin|in\b|salt)\w+\s+)*(?=[^\s-])/g,
  /\bossutil\w*\s+config\b[^|;]*?\s-k\s+/g,
  /\bcmdkey\b[^|;]*?\/pass:/gi,
  /\bschtasks\b[^|;]*?\/rp\s+/gi,
  /\bwmic\b[^|;]*?\/password:/gi,
  /\bsc(?:\.exe)?\s+(?:config|create)\b[^|;]*?password=\s*/gi,
  /\bnet1?(?:\.exe)?\s+user\s+(?:"[^"]+"|[^\s/]+)\s+(?=[^\s/*])/gi,
  /\bnet(?:\.exe)?\s+use\s+(?:\w:\s+|\*\s+)?\\\\\S+\s+(?=[^\s/*])(?=\S+.*\/user:)/gi,
  /\bnet(?:\.exe)?\s+use\b.*?\/user:\S+\s+(?=[^\s/*])/gi,
  /\bhtpasswd\s+-\w*n\w*b\w*\s+\S+\s+|\bhtpasswd\s+-\w*bn\w*\s+\S+\s+/g,
  /\bhtpasswd\s+(?:-\w+\s+)*-\w*b(?!\w*n)\w*\s+(?:-\w+\s+)*\S+\s+\S+\s+/g,
  /\bwpa_passphrase\s+(?:"[^"]+"|'[^']+'|\S+)\s+(?=\S)/g,
  /\bnmcli\b.*?\s(?:password|wifi-sec\.psk|802-11-wireless-security\.psk)\s+/g,
  /\brabbitmqctl\b[^|;]*?\s(?:add_user|change_password)\s+\S+\s+/g,
  /\bmc\s+(?:alias|config host)\s+(?:set|add)\s+\S+\s+\S+\s+\S+\s+/g,
  /\blftp\b[^|;]*?\s-u\s*[^\s,]+,/g,
  /\bsmbclient\b[^|;]*?\s-U\s*["']?[^\s%"']+%/g,
  /\bmount(?:\.cifs)?\b.*?[,\s]pass(?:word)?=/g,
  /\b(?:curl|wget|http|https|ab)(?:\.exe)?\b.*?\s(?:-u|--user|--proxy-user|-U|-a|--auth)[\s=]*["']?[^\s:"'$]+:(?=[^\s"'])/g,
  /\bAuthorization\s*["']?\s*[:=]\s*["']?(?:Bearer|Basic|token|Token|Splunk|ApiKey|GenieKey)\s+/g,
  /\bvault\s+login\s+(?:-[\w-]+(?:=\S+)?\s+)*(?=[^\s-])/g,
  /\bsnmp\w+\b[^|;]*?\s-[AX]\s+/g,
  // Windows PowerShell.
  /\bConvertTo-SecureString\s+(?:-AsPlainText\s+|-Force\s+|-String\s+)*(?=["'][^"']+["']|[^\s$(-]\S*\s.*-AsPlainText)/gi,
  /\bNetworkCredential\s*\(\s*(?:"[^"]*"|'[^']*'|[^,()]+)\s*,\s*(?=["'])/gi,
  /\bPSCredential\]?(?:::new)?\s*\(\s*(?:"[^"]*"|'[^']*'|[^,()]+)\s*,\s*\(?\s*(?=["'])/gi,
  // SQL.
  /\bidentified\s+(?:with\s+\S+\s+)?(?:by|as)\s+(?:password\s+)?(?=\\?["'])/gi,
  /\b(?:user|role|login|alter)\b.*?\bpassword\s*=?\s*N?(?=\\?["'])/gi,
  /\bset\s+password\b.*?=\s*(?:password\s*\(\s*)?(?=\\?["'])/gi,
  // Secrets of orchestrators.
  /\bkubectl\b.*?\bcreate\s+secret\b.*?--from-literal[= ]["']?[\w.-]+=/g,
  /--from-literal[= ]["']?[\w.-]*(?:pass|secret|token|key|pwd|auth)[\w.-]*=/gi,
  /\b(?:auth\s*=\s*|\w*BasicAuth\w*)\(\s*["'][^"']*["']\s*,\s*(?=["'])/g,
  /\b(?:sqlplus|expdp|impdp|sqlldr|rman)\b[^|;]*?\s["']?\w+\/(?=[^\s@/])/g,
  /\bmkpasswd\s+(?:-m\s+\S+\s+|--method=\S+\s+)*(?=[^\s-])/g,
  /\bx11vnc\b[^|;]*?\s-storepasswd\s+/g,
  /\bnetsh\s+wlan\b.*?\bkeyMaterial=/gi,
  /\bSetPassword\(\s*(?=["'])/g,
  /\bslappasswd\b[^|;]*?\s-s\s*/g,
  /\bcertutil\b[^|;]*?\s-p\s+/gi,
  /\s-auth\s+[^\s:$]+:/g,
  /--pass[\w-]*(?:file|command)[= ]["']?(?:<\(\s*)?(?:echo|printf)\s+/g,
  /\b(?:reset|set|change)-[\w-]*password\s+(?=[^\s-])/g,
  /\bmysqladmin\b[^|;]*?\spassword\s+/g,
  /\bftp\b.*?\buser\s+[^\s$]+\s+/g,
  /:\s*PSK\s+(?=["'])/g,
  /^\s*secret\s+(?=["'])/g,
  /\bcreateUser\s+\S+\s+(?:MD5|SHA\S*)\s+/g,
  // A line of .pgpass.
  /^\s*[^\s:$]+:(?:\d+|\*):[^\s:]+:[^\s:]+:(?=\S+\s*$)/g,
  /\bexpect\b[^;]{0,200}?assword.{0,200}?\bsend\s+(?:--\s+)?(?=["'])/g,
  /\bassword:?\s*["']\s*\{?\s*send\s+(?:--\s+)?(?=["'])/g,
];

/** Whether a command of the line is handed a credential. */
export function handsOverSecret(line: string): boolean {
  return places.some((place) =>
    [...line.matchAll(place)].some((match) => {
      const value = literalAt(line, match.index + match[0].length);
      return isCredential(value, "certain");
    }),
  );
}
