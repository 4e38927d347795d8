/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All names on the HTTP interfaces of GBA and MBMS in one table: namespaces,
 * elements, attributes, media types, request types. Behind each name stands
 * where it comes from. "ours" means that the clause was not to be had, so the
 * name is our choice and may differ from the schema of 3GPP: change it here and
 * in docs/protocols/mbms-http.rst, nothing else depends on it.
 */
#ifndef CORE_MBMS_XML_NAMES_H
#define CORE_MBMS_XML_NAMES_H

#define MBMS_URN "urn:3GPP:metadata:2005:MBMS:"

/* BootstrappingInfo ------------------------------------ TS 24.109, C.1 */
#define NAME_BSF_NAMESPACE "uri:3gpp-gba"
#define NAME_BSF_ROOT "BootstrappingInfo"
#define NAME_BSF_BTID "btid"
#define NAME_BSF_LIFETIME "lifetime"
#define NAME_BSF_EXTENSION "Extension"
#define NAME_BSF_CURRENT_TIME "currenttime" /* C.1; its namespace is ours */
#define NAME_BSF_MEDIA_TYPE "application/vnd.3gpp.bsf+xml" /* A.4 */

/* Registration and deregistration -- TS 33.246, 6.3.2.1A and 6.3.2.1B */
#define NAME_REGISTER_NAMESPACE MBMS_URN "securityRegister" /* ours */
#define NAME_REGISTER_ROOT "mbmsSecurityRegister" /* ours, after 26.237 I.1 */
#define NAME_REGISTER_MEDIA_TYPE "application/mbms-register+xml" /* IANA */
#define NAME_REGISTER_RESPONSE_NAMESPACE \
	MBMS_URN "securityRegisterResponse" /* ours */
#define NAME_REGISTER_RESPONSE_ROOT "mbmsSecurityRegisterResponse" /* ours */
#define NAME_REGISTER_RESPONSE_MEDIA_TYPE \
	"application/mbms-register-response+xml" /* IANA */
#define NAME_DEREGISTER_NAMESPACE MBMS_URN "securityDeregister" /* ours */
#define NAME_DEREGISTER_ROOT "mbmsSecurityDeregister" /* ours */
#define NAME_DEREGISTER_MEDIA_TYPE "application/mbms-deregister+xml" /* IANA */
#define NAME_SERVICE_ID "serviceID" /* ours */
#define NAME_RESPONSE "response" /* ours */
#define NAME_RESPONSE_CODE "responseCode" /* ours */

/* MSK request ------------ TS 33.246, 6.3.2.2.1; TS 26.346, 11.7 and 11.8 */
#define NAME_MSK_REQUEST_NAMESPACE MBMS_URN "mskRequest" /* ours, by 11.8 */
#define NAME_MSK_REQUEST_ROOT "mskRequest" /* ours */
#define NAME_MSK_REQUEST_MEDIA_TYPE "application/mbms-msk+xml" /* IANA */
#define NAME_MSK_RESPONSE_NAMESPACE MBMS_URN "mskResponse" /* 26.346, C.12 */
#define NAME_MSK_RESPONSE_ROOT "mskResponse" /* ours */
#define NAME_MSK_RESPONSE_MEDIA_TYPE \
	"application/mbms-msk-response+xml" /* IANA */
#define NAME_MSK "MSK" /* ours */
#define NAME_KEY_DOMAIN_ID "keyDomainID" /* ours */
#define NAME_MSK_ID "MSKID" /* ours */

/* IMS variants ----------------------------------------- TS 26.237, 10.4 */
#define NAME_AUTHORIZE_NAMESPACE MBMS_URN "authorizedServices" /* ours */
#define NAME_AUTHORIZE_ROOT "mbmsAuthorizedServices" /* ours */
#define NAME_AUTHORIZE_MEDIA_TYPE \
	"application/mbms-authorize+xml" /* 10.4.1.1.1.3 */
#define NAME_INVITE_NAMESPACE \
	MBMS_URN "bootstrappingTransactionIdentifier" /* I.1 */
#define NAME_INVITE_ROOT "mbmsAuthorizedSecurityRegister" /* I.1 */
#define NAME_NAF_KEY_NAMESPACE MBMS_URN "nafKeyInfo" /* I.2 */
#define NAME_NAF_KEY_ROOT "mbmsAuthorizedSecurityRegister" /* I.2 */
#define NAME_UE_IP_ADDRESS "ueIPaddress" /* I.2 */
#define NAME_MUK "muk" /* I.2 */
#define NAME_MUK_LIFE_TIME "mukLifeTime" /* I.2 prints a blank behind it */
#define NAME_BTID "btid" /* I.1, I.2 */
#define NAME_NAF_FQDN "nafFqdn" /* I.2 */

/* Security description of the announcement ----------- TS 26.346, 11.3.1 */
#define NAME_SECURITY_NAMESPACE MBMS_URN "securityDescription" /* C.6 */
#define NAME_SECURITY_ROOT "securityDescription" /* ours */
#define NAME_SECURITY_MEDIA_TYPE \
	"application/mbms-protection-description+xml" /* IANA */
#define NAME_CONFIDENTIALITY "confidentialityProtection" /* ours */
#define NAME_INTEGRITY "integrityProtection" /* ours */
#define NAME_UICC_KEY_MANAGEMENT "uiccKeyManagement" /* ours */
#define NAME_KEY_MANAGEMENT "keyManagement" /* ours */
#define NAME_SERVER_URI "serverURI" /* ours */
#define NAME_WAIT_TIME "waitTime" /* ours */
#define NAME_MAX_BACK_OFF "maxBackOff" /* ours */
#define NAME_KEY_ID "keyId" /* ours */
#define NAME_MEDIA_FLOW "mediaFlow" /* ours */
#define NAME_FLOW_ID "flowID" /* ours */
/* An element of ours in a media flow, with a namespace of its own. */
#define NAME_TRANSPORT_NAMESPACE "urn:mbsec:announcement:1"
#define NAME_TRANSPORT "transport"
#define NAME_TRANSPORT_FORMAT "format"
#define NAME_TRANSPORT_MTK_PORT "mtkPort"
#define NAME_TRANSPORT_SOURCE "source"
#define NAME_TRANSPORT_SENDERS "senders"
#define NAME_TRANSPORT_SUITE "suite"
#define NAME_TRANSPORT_RTCP_PORT "rtcpPort"
#define NAME_TRANSPORT_ROC_RATE "rocRate"
#define NAME_FEC_PROTECTION "fecProtection" /* ours; passed over */

/* SecurityDescription of MBS -------------- TS 26.517, OpenAPI definition */
#define NAME_MBSSF_ADDRESSES "mBSSFAddresses"
#define NAME_SERVICE_KEY_INFO "mBSServiceKeyInfo"
/* What the definition says is required, though it defines the one above. */
#define NAME_SESSION_KEY_INFO "mBSSessionKeyInfo"
#define NAME_MBS_ID "mBSId"
#define NAME_MBS_DOMAIN_ID "mBSDomainId"
#define NAME_MBS_UICC_KEY_MANAGEMENT "uICCKeyManagement"
#define NAME_2G_GBA_ALLOWED "2GGBAallowed"
#define NAME_BACK_OFF "backOffParameters"
#define NAME_OFFSET_TIME "offsetTime"
#define NAME_RANDOM_TIME_PERIOD "randomTimePeriod"

/* Requests ------------------------------------------------------------- */
#define NAME_KEY_MANAGEMENT_PATH "/keymanagement" /* 26.237, 10.4.1.1.1.3 */
#define NAME_REQUEST_TYPE "requesttype" /* 26.237, 10.4.1.1.1.3 */
#define NAME_TYPE_REGISTER "register" /* ours */
#define NAME_TYPE_DEREGISTER "deregister" /* ours */
#define NAME_TYPE_MSK_REQUEST "msk-request" /* ours */
#define NAME_TYPE_AUTHORIZE "authorize" /* 26.237, 10.4.1.1.1.3 */
#define NAME_INTENDED_IDENTITY "X-3GPP-Intended-Identity" /* 24.109, B.3 */
#define NAME_ASSERTED_IDENTITY \
	"X-3GPP-Asserted-Identity" /* 26.237, 10.4.1.1.1.3 */

#endif /* CORE_MBMS_XML_NAMES_H */
