/// The version of the cost models: raised whenever a formula or a fitted constant changes what a strategy is said to cost.
public enum CostModelVersion {
    /// Part of the key of every remembered plan, so that none outlives the models that priced it.
    public static let current = 8
}
