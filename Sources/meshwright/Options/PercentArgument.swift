import ArgumentParser
import Search

/// One or several percentages of what moves beside the GPU.
enum PercentArgument {
    /// The values that a text allows; a share between 0 and 1 is most likely meant as such, and is said to be a percentage.
    static func parse(_ text: String) throws -> Allowed {
        if let share = Double(text), share < 1 {
            guard share > 0 else { throw ValidationError("\(text) % moves nothing; write 1 to 100, or --offload never") }
            throw ValidationError("\(text) is less than one percent; half of the optimizer's state is 50")
        }
        guard let allowed = try? DimensionArgument.parse(text) else {
            throw ValidationError("'\(text)' is no percentage; write whole numbers from 1 to 100, such as 50, 25,50 or 25...75")
        }
        return allowed
    }
}
