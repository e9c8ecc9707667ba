/** Hosts that a browser or an operating system contacts by itself; never the service under test. */
const background = suffixes(`
  detectportal.firefox.com connectivitycheck.gstatic.com connectivitycheck.android.com captive.apple.com
  msftconnecttest.com msftncsi.com nmcheck.gnome.org connectivity-check.ubuntu.com network-test.debian.org
  safebrowsing.googleapis.com safebrowsing.google.com update.googleapis.com clients1.google.com clients2.google.com
  clients3.google.com clients4.google.com clients5.google.com clients6.google.com clientservices.googleapis.com
  content-autofill.googleapis.com optimizationguide-pa.googleapis.com chromesyncpasswords-pa.googleapis.com
  passwordsleakcheck-pa.googleapis.com mtalk.google.com android.clients.google.com gvt1.com gvt2.com gvt3.com
  services.mozilla.com telemetry.mozilla.org aus5.mozilla.org tracking-protection.cdn.mozilla.net
  firefox-settings-attachments.cdn.mozilla.net versioncheck.addons.mozilla.org contile-images.services.mozilla.com
  edge.microsoft.com config.edge.skype.com smartscreen.microsoft.com nav.smartscreen.microsoft.com
  data.microsoft.com events.data.msn.com windowsupdate.com update.microsoft.com ntp.msn.com
  configuration.apple.com mesu.apple.com smoot.apple.com ls.apple.com push.apple.com
  go-updater.brave.com variations.brave.com autoupdate.geo.opera.com sitecheck.opera.com`);

/**
 * Third-party hosts for statistics, advertising, logins, payments and content. A test has one of them as its service only with
 * `--origin`.
 */
const others = suffixes(`
  google-analytics.com analytics.google.com googletagmanager.com googletagservices.com googlesyndication.com
  googleadservices.com doubleclick.net adservice.google.com gstatic.com fonts.googleapis.com ajax.googleapis.com
  maps.googleapis.com recaptcha.net accounts.google.com identitytoolkit.googleapis.com securetoken.googleapis.com
  firebaselogging-pa.googleapis.com firebaselogging.googleapis.com firebaseinstallations.googleapis.com
  firebaseremoteconfig.googleapis.com crashlytics.com app-measurement.com app-analytics-services.com
  facebook.com facebook.net connect.facebook.net twitter.com ads-twitter.com t.co linkedin.com licdn.com tiktok.com
  pinterest.com pinimg.com snapchat.com sc-static.net reddit.com redditstatic.com bat.bing.com clarity.ms
  hotjar.com hotjar.io fullstory.com mouseflow.com crazyegg.com heapanalytics.com heap.io mixpanel.com amplitude.com
  segment.com segment.io rudderstack.com matomo.cloud plausible.io posthog.com chartbeat.com chartbeat.net
  parsely.com quantserve.com scorecardresearch.com comscore.com omtrdc.net demdex.net adobedtm.com 2o7.net
  everesttech.net criteo.com criteo.net taboola.com outbrain.com adnxs.com rubiconproject.com pubmatic.com
  openx.net casalemedia.com amazon-adsystem.com adsrvr.org moatads.com bluekai.com krxd.net rlcdn.com mathtag.com
  optimizely.com launchdarkly.com split.io statsig.com featuregates.org vwo.com visualwebsiteoptimizer.com
  sentry.io bugsnag.com rollbar.com nr-data.net newrelic.com datadoghq.com datadoghq.eu datadoghq-browser-agent.com
  logrocket.com logrocket.io lr-ingest.io dynatrace.com go-mpulse.net speedcurve.com instana.io loggly.com
  cookielaw.org onetrust.com cookiebot.com usercentrics.eu trustarc.com consensu.org didomi.io privacy-center.org
  intercom.io intercomcdn.com zdassets.com zendesk.com zopim.com drift.com driftt.com crisp.chat tawk.to
  livechatinc.com hs-scripts.com hs-analytics.net hubspot.com hsforms.com marketo.net mktoresp.com pardot.com
  braze.com onesignal.com appsflyer.com adjust.com branch.io kochava.com singular.net airbrake.io
  stripe.com stripe.network paypal.com braintree-api.com braintreegateway.com adyen.com klarna.com
  hcaptcha.com challenges.cloudflare.com cloudflareinsights.com cdnjs.cloudflare.com jsdelivr.net unpkg.com
  bootstrapcdn.com jquery.com fontawesome.com typekit.net use.typekit.com gravatar.com
  youtube.com youtube-nocookie.com ytimg.com googlevideo.com vimeo.com vimeocdn.com
  login.microsoftonline.com login.live.com login.windows.net b2clogin.com msauth.net appleid.apple.com
  okta.com oktapreview.com oktacdn.com auth0.com onelogin.com pingone.com duosecurity.com`);

/** Search engines and start pages, where a recording may begin. */
const searches =
  /^(?:www\.)?(?:google\.(?:com?\.)?[a-z]{2,3}|bing\.com|duckduckgo\.com|yahoo\.com|search\.yahoo\.com|ecosia\.org|baidu\.com|yandex\.[a-z]{2,3}|startpage\.com|search\.brave\.com)$/;
/** Matches the names of hosts that serve logins for another host. */
const logins =
  /^(?:[a-z0-9-]+[.-])?(?:accounts?|adfs|auth|iam|id|identity|idp|keycloak|login|oauth2?|passport|secure-?login|signin|sso)\d*[.-]/;

export function isBackgroundHost(host: string): boolean {
  return hasSuffix(background, host) || /^(?:ocsp|crl)\d*[.-]|\.(?:ocsp|crl)\d*\./.test(host);
}

/** Whether a host probably belongs to a third party, judging by its name. */
export function isOthersHost(host: string): boolean {
  return hasSuffix(others, host) || searches.test(host);
}

export function isLoginHost(host: string): boolean {
  return logins.test(host);
}

function suffixes(list: string): ReadonlySet<string> {
  return new Set(list.trim().split(/\s+/));
}

/** Whether the set contains the host or one of its parent domains. */
function hasSuffix(set: ReadonlySet<string>, host: string): boolean {
  for (let name = host; name !== ""; name = name.slice(name.indexOf(".") + 1)) {
    if (set.has(name)) return true;
    if (!name.includes(".")) return false;
  }
  return false;
}
