package lint

// The names below are those of PostHog's own events and event properties that do not start with $, sorted. They come from
// frontend/src/taxonomy/core-filter-definitions-by-group.json of PostHog (https://github.com/PostHog/posthog) by PostHog Inc.,
// MIT License. Names that package taxonomy refuses are left out.

var posthogEvents = []string{
	"Application backgrounded", "Application became active", "Application installed", "Application opened",
	"Application updated", "Deep link opened", "mcp feedback submitted", "mcp init", "mcp organization switched",
	"mcp project switched", "mcp tool call", "mcp tool response", "mcp_custom", "mcp_initialize", "mcp_mcpcat:identify",
	"mcp_posthog:identify", "mcp_prompt_get", "mcp_prompts_list", "mcp_resource_read", "mcp_resources_list",
	"mcp_tool_call", "mcp_tool_called", "mcp_tools_list", "posthog_identify",
}

var posthogProperties = []string{
	"_kx", "build", "currency", "dclid", "duration_ms", "epik", "fbclid", "from_background", "gad_source", "gbraid",
	"gclid", "gclsrc", "igshid", "irclid", "is_error", "li_fat_id", "mc_cid", "mcp_client_name", "mcp_client_version",
	"mcp_consumer", "mcp_conversation_id", "mcp_mode", "mcp_oauth_client_name", "mcp_protocol_version", "mcp_runtime",
	"mcp_session_client_name", "mcp_session_client_version", "mcp_session_consumer", "mcp_session_id",
	"mcp_session_protocol_version", "mcp_session_vendor_client", "mcp_transport", "mcp_vendor_client", "mcp_version",
	"msclkid", "previous_build", "previous_version", "qclid", "rdt_cid", "referring_application", "resource_name",
	"revenue", "sccid", "tool_name", "ttclid", "twclid", "url", "utm_campaign", "utm_content", "utm_medium", "utm_name",
	"utm_source", "utm_term", "version", "wbraid",
}
