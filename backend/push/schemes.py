"""Which of Apprise's services a user may name, without loading Apprise.

Those that speak HTTP by `requests` and nothing else (a test compares with what is installed). Left out is
what acts on this machine (dbus, gnome, macosx, syslog), and what speaks other protocols (irc, mqtt, mailto),
whose connections we could neither bound in time nor in size.
"""

from __future__ import annotations

import re

_NAMES = """
46elks apprise apprises atalk azure bark barks betterstack bluesky brevo bsky bulksms bulkvs burstsms
chanify clickatell clicksend cliq cm d7sms dapnet dingtalk discord dot eight00com elks emby embys enigma2
enigma2s evolution evolutions exotel feishu firehydrant flock flowtriq flowtriqs fluxer fluxers form forms
freemobile gchat github goalert goalerts gorush gorushs gotify gotifys groundmail groupme guilded gupshup
hassio hassios httpsms humhub humhubs ifttt ilert incidentio infobip jellyfin jellyfins jira join json
jsons kakao kakaotalk kaleyra kavenegar klr kodi kodis kook kudosity kumulos lametric lametrics lark
lauther lfg line mailersend mailgun mastodon mastodons misskey misskeys mmost mmosts mobilemessage
mobilemsg msg91 msgbird ncloud nclouds nctalk nctalks nexmo notica noticas notifiarr notifico notificos
notifyre ntfy ntfys o365 octopush onebot onebots onesignal opsgenie pagerduty pagertree parsep parseps
pbul pinglet pinglets pingram pjet pjets plivo postmark pover prowl psafer psafers push pushdeer
pushdeers pushed pushme pushplus pushward pushy qq reddit resend revolt ringc rocket rockets ryver schan
sendgrid sendpulse serwersms ses seven sfr signal signalgrid signals signl4 simplepush sinch slack smsc
smseagle smseagles smsmanager smsmgr smstunnel smtp2go sns sparkpost spike splunk spugpush spush squadcast
stackfield strmlabs synology synologys telesign telnyx tgram threema toot toots trigv trigvs tweet twilio
twist twitter viber victorops voipms vonage webex wechat wecom wecombot whapi whatsapp workflow workflows
wpush wxpusher wxteams x xbmc xbmcs xmatters xml xmls youlmk zalo zcliq zohocliq zoom zulip
"""
SCHEMES = frozenset(_NAMES.split())

_SCHEME = re.compile(r"([a-z0-9][a-z0-9+.-]*)://(?=\S)", re.IGNORECASE)


def scheme_of(address: str) -> str | None:
    """The scheme of an address in lower case; None: this is no address."""
    found = _SCHEME.match(address)
    return found[1].lower() if found else None
