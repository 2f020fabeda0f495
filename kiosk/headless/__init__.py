"""One matter carried out without a screen: through the true flow, by somebody who answers as a resident would."""
