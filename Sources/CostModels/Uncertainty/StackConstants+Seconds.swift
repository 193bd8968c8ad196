public import Parallelism
import Quantities

extension StackConstants {
    /// The host's time for a layer as a plain number, in s.
    public var hostLayerSeconds: Double {
        get { hostLayerTime.value }
        set { hostLayerTime = Seconds(newValue) }
    }
}
