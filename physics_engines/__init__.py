"""The science: engines that compute, usable as a plain library without any agent."""
