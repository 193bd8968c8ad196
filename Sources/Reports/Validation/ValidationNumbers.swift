import Foundation

/// A share as a percentage with one decimal.
func percent(_ share: Double) -> String { String(format: "%.1f %%", share * 100) }

/// A share as a signed percentage with one decimal.
func signed(_ share: Double) -> String { String(format: "%+.1f %%", share * 100).replacing("-", with: "−") }

/// A number with one decimal.
func tenths(_ value: Double) -> String { String(format: "%.1f", value) }

/// A number with two decimals.
func hundredths(_ value: Double) -> String { String(format: "%.2f", value) }

/// A duration in seconds with four significant digits.
func seconds(_ value: Double) -> String { String(format: "%.4g", value) }
